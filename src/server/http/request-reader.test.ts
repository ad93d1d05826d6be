import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { mib, serverLimits } from "../../core/limits.ts";
import { HttpSyntaxError } from "../../protocol/http/http-syntax-error.ts";
import { RequestReader } from "./request-reader.ts";

/** What a reader makes of bytes that come in pieces: a line for each request. */
function requests(text: string, cuts: readonly number[] = []): string[] {
  const told: string[] = [];
  let open = "";
  const reader = new RequestReader({
    onHead: ({ method, target, headerCount }) => {
      open = `${method} ${target} ${headerCount} `;
    },
    onBody: (bytes) => {
      expect(bytes.length).toBeGreaterThan(0);
      open += bytes.toString("latin1");
    },
    onEnd: () => told.push(open),
  });
  const bytes = Buffer.from(text, "latin1");
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let begin = 0;
  for (const end of ends.toSorted((a, b) => a - b)) {
    let rest = reader.read(Buffer.from(bytes.subarray(begin, end)));
    while (rest.length > 0) rest = reader.read(rest);
    begin = end;
  }
  if (reader.isBetween) told.push("between");
  return told;
}

const bytewise = (text: string): number[] => Array.from({ length: text.length }, (_, at) => at);
const anyCuts = (text: string): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(text.length), { maxLength: 20 });

const get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const put = "PUT /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
const chunks =
  "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
const none = "PUT /d HTTP/1.1\r\nContent-Length: 0\r\n\r\n";

describe("requests are read one after the other, however they are cut", () => {
  it.each([
    ["one", get, ["GET /a 1 "]],
    ["a length", put, ["PUT /b 1 hello"]],
    ["chunks", chunks, ["PUT /c 1 hello"]],
    [
      "many",
      get + put + chunks + none + put + get,
      ["GET /a 1 ", "PUT /b 1 hello", "PUT /c 1 hello", "PUT /d 1 ", "PUT /b 1 hello", "GET /a 1 "],
    ],
    ["empty lines before", `\r\n${get}`, ["GET /a 1 "]],
    ["many empty lines", "\r\n".repeat(20) + get, ["GET /a 1 "]],
    ["empty lines between", `${put}\r\n\r\n${get}\r\n`, ["PUT /b 1 hello", "GET /a 1 "]],
    ["no header", "GET / HTTP/1.1\r\n\r\n", ["GET / 0 "]],
    [
      "a body that looks like a head",
      put.replace("hello", "\r\n\r\nG") + get,
      ["PUT /b 1 \r\n\r\nG", "GET /a 1 "],
    ],
  ])("%s", (_, text, expected) => {
    const all = [...expected, "between"];
    expect(requests(text)).toEqual(all);
    expect(requests(text, bytewise(text))).toEqual(all);
    fc.assert(
      fc.property(anyCuts(text), (at) => {
        expect(requests(text, at)).toEqual(all);
      }),
    );
    for (let at = 1; at < text.length; at += 1) expect(requests(text, [at])).toEqual(all);
  });
});

test("what is behind a request is given back, byte for byte", () => {
  for (const text of [get, put, chunks, none]) {
    const told = { ended: false };
    const reader = new RequestReader({
      onHead: () => undefined,
      onBody: () => undefined,
      onEnd: () => (told.ended = true),
    });
    let rest: Buffer = Buffer.from(`${text}XYZ`);
    while (!told.ended) rest = reader.read(rest);
    expect(rest.toString()).toBe("XYZ");
    expect(reader.isBetween).toBe(true);
  }
});

test("a request has not ended before its last byte", () => {
  for (const text of [get, put, chunks]) {
    for (let length = 1; length < text.length; length += 1) {
      expect(requests(text.slice(0, length))).toEqual([]);
    }
  }
});

test.each([
  ["TLS", "\u0016\u0003\u0001\u0002", /no HTTP/],
  ["a space", " GET", /no HTTP/],
  ["a line feed", "\nGET / HTTP/1.1", /no HTTP/],
  ["NUL", "\0", /no HTTP/],
  ["a byte beyond ASCII", "\u00ff\u00fe", /no HTTP/],
  ["a carriage return alone", "\rGET / HTTP/1.1", /carriage return/],
  [
    "line feeds alone, without the end that would be waited for",
    "GET / HTTP/1.1\nA: b\n\n",
    /bare/,
  ],
  ["a line feed in a head", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", /bare line feed|is none/],
  ["a head that ends so", "GET / HTTP/1.1\r\nA: b\r\n\n", /bare line feed/],
  [
    "a carriage return in a head",
    "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
    /carriage return|is none/,
  ],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /first line/],
  ["a broken chunk", chunks.replace("3\r\nhel", "3\r\nhelp"), /longer than its size/],
  ["two lengths", put.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n"), /two lengths/],
])("%s is refused, however it is cut", (_, text, message) => {
  expect(() => requests(text)).toThrow(message);
  expect(() => requests(text, bytewise(text))).toThrow(message);
  fc.assert(
    fc.property(anyCuts(text), (at) => {
      expect(() => requests(text, at)).toThrow(message);
    }),
  );
  expect(() => requests(put + get + text)).toThrow(HttpSyntaxError);
});

function headOf(bytes: number): string {
  const begin = "GET / HTTP/1.1\r\na: ";
  return `${begin}${"b".repeat(bytes - begin.length)}\r\n\r\n`;
}

describe("a head may have as many bytes as the limit", () => {
  const most = serverLimits.headerBytes;
  it.each([[[]], [[1]], [[most - 1]], [[most]], [[most + 1, most + 2, most + 3]]])(
    "cut at %j",
    (at: number[]) => {
      expect(requests(headOf(most), at)).toHaveLength(2);
      expect(() => requests(headOf(most + 1), at)).toThrow(/too long/);
    },
  );

  it("and no more are waited for", () => {
    const endless = headOf(2 * most).slice(0, most + 4);
    for (const at of [[], bytewise(endless)]) {
      const error = ((): unknown => {
        try {
          return requests(endless, at);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toMatchObject({ isTooLong: true });
    }
    const lines = `GET / HTTP/1.1\r\n${"a:\r\n".repeat(most)}`;
    expect(() => requests(lines)).toThrow(/too long/);
  });

  it("which the bytes of the body do not count for", () => {
    expect(requests(headOf(most) + "GET / HTTP/1.1\r\n\r\n")).toHaveLength(3);
  });
});

test("nothing has come while there were empty lines only", () => {
  expect(requests("\r\n")).toEqual(["between"]);
  expect(requests("\r\n\r\n", [1, 2, 3])).toEqual(["between"]);
  expect(requests("\r\n\r")).toEqual([]);
  expect(requests(`${get}G`)).toEqual(["GET /a 1 "]);
});

test("empty lines are not kept, however they come", () => {
  const reader = new RequestReader({
    onHead: () => undefined,
    onBody: () => undefined,
    onEnd: () => undefined,
  });
  reader.read(Buffer.from("\r"));
  const before = process.memoryUsage().arrayBuffers;
  const piece = Buffer.from(`\n${"\r\n".repeat(32_768)}\r`);
  for (let count = 0; count < 5000; count += 1) reader.read(piece);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * mib);
});

test("a head that comes byte by byte is looked at once", () => {
  // Copied or searched anew with each byte, this many would take minutes.
  const text = Buffer.from(headOf(serverLimits.headerBytes));
  let heads = 0;
  const reader = new RequestReader({
    onHead: () => (heads += 1),
    onBody: () => undefined,
    onEnd: () => undefined,
  });
  for (let count = 0; count < 40; count += 1) {
    for (let at = 0; at < text.length; at += 1) reader.read(text.subarray(at, at + 1));
  }
  expect(heads).toBe(40);
});

test("the bytes of a body are the listener's", () => {
  const pieces: Buffer[] = [];
  const reader = new RequestReader({
    onHead: () => undefined,
    onBody: (bytes) => pieces.push(bytes),
    onEnd: () => undefined,
  });
  const bytes = Buffer.from(put);
  let rest: Buffer = bytes;
  while (rest.length > 0) rest = reader.read(rest);
  expect(pieces.map(String)).toEqual(["hello"]);
});
