import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerReader } from "./answer-reader.ts";

interface Reading {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ended: boolean;
  /** Nothing came after the answer. */
  readonly clean: boolean;
  readonly reader: AnswerReader;
}

/** What a reader makes of bytes that come in pieces; `closed`: then the connection is. */
function reading(
  text: string,
  {
    cuts = [],
    isHead = false,
    closed = false,
  }: { cuts?: number[]; isHead?: boolean; closed?: boolean } = {},
): Reading {
  const told = { status: undefined as number | undefined, headers: {}, body: "", ended: false };
  const reader = new AnswerReader(isHead, {
    onHead: ({ status, headers }) => Object.assign(told, { status, headers: { ...headers } }),
    onBody: (bytes) => (told.body += bytes.toString("latin1")),
    onEnd: () => (told.ended = true),
  });
  const bytes = Buffer.from(text, "latin1");
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let begin = 0;
  let clean = true;
  for (const end of ends.toSorted((a, b) => a - b)) {
    // The memory of a piece is used again, as that of a connection is.
    const piece = Buffer.from(bytes.subarray(begin, end));
    clean = reader.read(piece) && clean;
    piece.fill(0);
    begin = end;
  }
  if (closed) reader.close();
  return { ...told, clean, reader };
}

const chunked =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
  "5;x=y\r\nhello\r\nA\r\n, my world\r\n0\r\nx-trailer: z\r\n\r\n";

describe("AnswerReader", () => {
  it.each<[string, string, { status: number; body: string }]>([
    [
      "a length",
      'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 3\r\n\r\nabc',
      { status: 200, body: "abc" },
    ],
    ["chunks", chunked, { status: 200, body: "hello, my world" }],
    ["no body", "HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "" }],
    ["no reason", "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n", { status: 404, body: "" }],
    [
      "interim answers",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb",
      { status: 200, body: "b" },
    ],
  ])("reads an answer with %s however it is cut", (_name, text, expected) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
        const found = reading(text, { cuts });
        expect(found).toMatchObject({ ...expected, ended: true, clean: true });
      }),
    );
    const bytewise = Array.from({ length: text.length }, (_, index) => index);
    expect(reading(text, { cuts: bytewise })).toMatchObject({ ...expected, ended: true });
  });

  it("sees that more comes than the answer", () => {
    expect(reading("HTTP/1.1 204 x\r\n\r\nHTTP/1.1 404 y\r\n\r\n")).toMatchObject({
      status: 204,
      ended: true,
      clean: false,
    });
  });

  it("reads a body without a length until the connection closes", () => {
    const text = "HTTP/1.1 200 OK\r\n\r\nabc";
    expect(reading(text).ended).toBe(false);
    const whole = reading(text, { closed: true });
    expect(whole).toMatchObject({ body: "abc", ended: true });
    expect(whole.reader.keepsAlive).toBe(false);
  });

  it("expects no body after a HEAD", () => {
    const found = reading("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", { isHead: true });
    expect(found).toMatchObject({ body: "", ended: true });
    expect(found.headers).toEqual({ "content-length": "10" });
  });

  it("says whether the connection can be used again", () => {
    const keeps = (head: string): boolean =>
      reading(`${head}Content-Length: 0\r\n\r\n`).reader.keepsAlive;
    expect(keeps("HTTP/1.1 200 OK\r\n")).toBe(true);
    expect(keeps("HTTP/1.1 200 OK\r\nConnection: Close\r\n")).toBe(false);
    expect(keeps("HTTP/1.0 200 OK\r\n")).toBe(false);
    expect(keeps("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n")).toBe(true);
    const hint = reading("HTTP/1.1 204 x\r\nKeep-Alive: timeout=5, max=9\r\n\r\n");
    expect(hint.reader.keepAliveSeconds).toBe(5);
  });

  it("joins headers of one name, and takes any name", () => {
    const head = "HTTP/1.1 204 x\r\nA: 1 \r\na:\t2\r\n__proto__: p\r\nb:\r\n\r\n";
    const { headers } = reading(head);
    expect(Object.entries(headers)).toContainEqual(["a", "1, 2"]);
    expect(Object.getOwnPropertyNames(headers)).toContain("__proto__");
    expect(headers["b"]).toBe("");
  });

  it("takes no byte of a text for a blank", () => {
    const { headers } = reading(`HTTP/1.1 204 x\r\na:\u00c3\u00a0\r\n\r\n`);
    expect(headers["a"]).toBe("\u00c3\u00a0");
    expect(() => reading(`HTTP/1.1 204 x\r\na:${" ".repeat(60_000)}\0\r\n\r\n`)).toThrow(/none/);
  });

  const ok = "HTTP/1.1 200 OK\r\n";
  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", /not HTTP/],
    ["its first bytes", "\u0015\u0003", /not HTTP/],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n", /not HTTP/],
    ["two lengths", `${ok}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`, /two lengths/],
    ["a length that is none", `${ok}Content-Length: 3x\r\n\r\n`, /no number/],
    ["length and chunks", `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, /chunks/],
    ["an encoding", `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`, /gzip/],
    ["a folded header", `${ok}a: b\r\n c\r\n\r\n`, /is none/],
    ["a space before the colon", `${ok}a : b\r\n\r\n`, /is none/],
    ["a bare line feed", `${ok}a: b\nc: d\r\n\r\n`, /is none/],
    ["line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", /bare line feed/],
    ["one that the rest is waited for after", `${ok}a: b\nc: d`, /bare line feed/],
    ["a size that ends so", `${ok}Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n`, /bare line feed/],
    ["a carriage return alone", `${ok}a: b\rc: d`, /carriage return/],
    ["a switch of protocols", "HTTP/1.1 101 x\r\n\r\n", /another protocol/],
    ["a chunk without size", `${ok}Transfer-Encoding: chunked\r\n\r\nx\r\n`, /size of a chunk/],
    ["a chunk too long", `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`, /longer/],
    ["a head without end", `${ok}a: ${"b".repeat(70_000)}`, /too long/],
    [
      "a chunk's line without end",
      `${ok}Transfer-Encoding: chunked\r\n\r\n1;${"b".repeat(2000)}`,
      /too long/,
    ],
    ["trailers without end", `${chunked.slice(0, -4)}${"\r\na: b".repeat(20_000)}`, /too long/],
    [
      "a trailer that is none",
      `${chunked.slice(0, -4)}\r\na: b\n\nc: d\r\n\r\n`,
      /not valid HTTP: a line/,
    ],
    ["interim answers alone", "HTTP/1.1 103 x\r\n\r\n".repeat(200), /interim/],
  ])("refuses %s", (_name, text, message) => {
    expect(() => reading(text)).toThrow(message);
    expect(() => reading(text, { cuts: [1, 2, 3, 20, 100] })).toThrow(message);
  });

  it.each([
    ["a head", "HTTP/1.1 200 OK\r\nConte"],
    ["a body", `${ok}Content-Length: 3\r\n\r\nab`],
    ["chunks", chunked.slice(0, -2)],
  ])("is told that %s broke off", (_name, text) => {
    expect(() => reading(text, { closed: true })).toThrow(/broke/);
  });
});
