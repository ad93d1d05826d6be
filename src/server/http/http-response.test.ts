import { once } from "node:events";
import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { describe, expect, it, test, vi } from "vitest";
import { serverLimits } from "../../core/limits.ts";
import { parseRequestHead } from "../../protocol/http/request-head.ts";
import { HttpResponse } from "./http-response.ts";

/** A connection whose other end is a text. */
class Wire extends Duplex {
  text = "";
  /** Set: nothing is taken, until it is called. */
  accept: (() => void) | undefined;
  isSlow = false;

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.text += bytes.toString("latin1");
    if (this.isSlow) this.accept = done;
    else done();
  }
}

interface Case {
  readonly wire: Wire;
  readonly response: HttpResponse;
}

function answer(first = "GET / HTTP/1.1", ...lines: string[]): Case {
  const wire = new Wire();
  wire.on("error", () => {});
  const head = parseRequestHead([first, ...lines].join("\r\n"));
  return { wire, response: new HttpResponse(wire as unknown as Socket, head) };
}

const body = (text: string) => ({ length: Buffer.byteLength(text), isBodiless: false });
const unmeasured = { length: undefined, isBodiless: false };
const bodiless = { length: undefined, isBodiless: true };
const close = "Connection: close\r\n";
const kept = /\r\nConnection: keep-alive\r\nKeep-Alive: timeout=75\r\n\r\n/;
const date = /\r\nDate: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n/;

describe("an answer", () => {
  it("leaves with its head, in the order of its headers", () => {
    const { wire, response } = answer();
    response.writeHead(200, ["a", "1", "B", "2"], body("hello"));
    expect(wire.text).toBe("");
    expect(response.headersSent).toBe(true);
    response.write(Buffer.from("hello"));
    response.end();
    const expected = "HTTP/1.1 200 OK\r\na: 1\r\nB: 2\r\ncontent-length: 5\r\nDate: ";
    expect(wire.text.startsWith(expected)).toBe(true);
    expect(wire.text).toMatch(date);
    expect(wire.text).toMatch(kept);
    expect(wire.text.endsWith("\r\n\r\nhello")).toBe(true);
    expect(response.isSent).toBe(true);
  });

  it.each([1, 32_768, 32_769, 100_000])("has %d bytes of a body, in two writes", (bytes) => {
    const { wire, response } = answer();
    response.writeHead(200, [], { length: 2 * bytes, isBodiless: false });
    response.write(Buffer.alloc(bytes, "x"));
    response.write(Buffer.alloc(bytes, "y"));
    response.end();
    const sent = wire.text.slice(wire.text.indexOf("\r\n\r\n") + 4);
    expect(sent === "x".repeat(bytes) + "y".repeat(bytes)).toBe(true);
  });

  it.each([1, 32_768, 65_536, 100_000])(
    "has a head with %d bytes in a header and no body",
    (bytes) => {
      const { wire, response } = answer("HEAD / HTTP/1.1");
      response.writeHead(200, ["a", "x".repeat(bytes)], bodiless);
      response.end();
      expect(wire.text).toContain(`\r\na: ${"x".repeat(bytes)}\r\n`);
      expect(wire.text).toMatch(kept);
    },
  );

  it("without a length comes in chunks", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], unmeasured);
    response.write(Buffer.from("hello"));
    response.write(Buffer.alloc(0));
    response.write(Buffer.alloc(26, "x"));
    response.end();
    expect(wire.text).toContain("\r\nTransfer-Encoding: chunked\r\n");
    expect(wire.text).not.toContain("content-length");
    expect(wire.text).toMatch(kept);
    const end = `\r\n\r\n5\r\nhello\r\n1a\r\n${"x".repeat(26)}\r\n0\r\n\r\n`;
    expect(wire.text.endsWith(end)).toBe(true);
    expect(response.closes).toBe(false);
  });

  it("in chunks may have none", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], unmeasured);
    response.end();
    expect(wire.text).toMatch(/Transfer-Encoding: chunked\r\n[^]*\r\n\r\n0\r\n\r\n$/);
  });

  it("in chunks may begin with no bytes", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], unmeasured);
    response.write(Buffer.alloc(0));
    response.write(Buffer.from("a"));
    response.end();
    expect(wire.text).toMatch(/\r\n\r\n1\r\na\r\n0\r\n\r\n$/);
  });

  it("without a length ends with the connection, for an old client", () => {
    const { wire, response } = answer("GET / HTTP/1.0", "Connection: keep-alive");
    response.writeHead(200, [], unmeasured);
    response.write(Buffer.from("hello"));
    response.end();
    expect(wire.text).not.toMatch(/chunked|content-length|0\r\n\r\n$/i);
    expect(wire.text).toContain(close);
    expect(wire.text.endsWith("\r\n\r\nhello")).toBe(true);
    expect(response.closes).toBe(true);
  });

  it.each([
    ["no length", undefined],
    ["one", "7"],
  ])("of its head alone has %s, and nothing behind", (_, length) => {
    for (const first of ["HEAD / HTTP/1.1", "HEAD / HTTP/1.0"]) {
      const { wire, response } = answer(first);
      response.writeHead(304, [], { length, isBodiless: true });
      response.end();
      expect(wire.text.startsWith("HTTP/1.1 304 Not Modified\r\n")).toBe(true);
      expect(wire.text.includes("content-length: 7\r\n")).toBe(length !== undefined);
      expect(wire.text).not.toContain("chunked");
      expect(wire.text.indexOf("\r\n\r\n")).toBe(wire.text.length - 4);
      expect(response.closes).toBe(first.endsWith("1.0"));
    }
  });

  it("of an unknown status has a phrase", () => {
    const { wire, response } = answer();
    response.writeHead(299, [], bodiless);
    response.end();
    expect(wire.text).toMatch(/^HTTP\/1\.1 299 [A-Za-z]+\r\n/);
  });

  it("has one head", () => {
    const { response } = answer();
    response.writeHead(200, [], bodiless);
    expect(() => response.writeHead(200, [], bodiless)).toThrow(/one head/);
  });

  it("ends once", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], unmeasured);
    response.end();
    const before = wire.text;
    response.end();
    expect(wire.text).toBe(before);
  });
});

describe("whether the connection goes on is told", () => {
  it.each([
    ["GET / HTTP/1.1", "A: b", false],
    ["GET / HTTP/1.1", "Connection: close", true],
    ["GET / HTTP/1.0", "A: b", true],
    ["GET / HTTP/1.0", "Connection: keep-alive", false],
  ])("%s with %s: %s", (first, line, closes) => {
    const { wire, response } = answer(first, line);
    response.writeHead(200, [], { length: 0, isBodiless: false });
    response.end();
    expect(response.closes).toBe(closes);
    expect(wire.text.includes(close)).toBe(closes);
    expect(kept.test(wire.text)).toBe(!closes);
  });

  it("and may be decided here", () => {
    const { wire, response } = answer();
    response.close();
    response.writeHead(200, [], bodiless);
    response.end();
    expect(wire.text).toContain(close);
    expect(response.closes).toBe(true);
  });
});

describe("no header begins another", () => {
  const framings = [
    ["a length", "GET / HTTP/1.1", { length: 0, isBodiless: false }],
    ["chunks", "GET / HTTP/1.1", unmeasured],
    ["the connection's end", "GET / HTTP/1.0", unmeasured],
    ["a head alone", "HEAD / HTTP/1.1", bodiless],
    ["a head with a length", "HEAD / HTTP/1.1", { length: "5", isBodiless: true }],
  ] as const;
  const bad = [
    "b\r\nC: d",
    "b\r\n",
    "\r\n\r\nHTTP/1.1 200 OK",
    "b\nC: d",
    "b\rC: d",
    "b\r",
    "b\n",
    "\0",
    "\u007f",
    "\u001b",
  ];
  it.each(framings)("in an answer with %s", (_, first, framing) => {
    for (const text of bad) {
      for (const headers of [
        ["a", text],
        [text, "a"],
        ["a", text, "c", "d"],
      ]) {
        const { wire, response } = answer(first);
        expect(() => response.writeHead(200, headers, framing)).toThrow(/cannot be sent/);
        expect(response.headersSent).toBe(false);
        // An error can be told in its place.
        response.writeHead(500, ["e", "f"], framing);
        response.end();
        expect(wire.text).toMatch(/^HTTP\/1\.1 500 [^\r\n]*\r\ne: f\r\n/);
      }
    }
  });

  it("nor does a length", () => {
    const { response } = answer();
    const framing = { length: "5\r\nA: b", isBodiless: false };
    expect(() => response.writeHead(200, [], framing)).toThrow(/cannot be sent/);
  });
});

describe("an answer is sent", () => {
  it("once the system has taken it", () => {
    const { wire, response } = answer();
    wire.isSlow = true;
    let taken = 0;
    response.writeHead(200, [], body("hello"));
    response.write(Buffer.from("hello"), () => (taken += 1));
    response.end();
    expect(response.hasEnded).toBe(true);
    expect(response.isSent).toBe(false);
    expect(taken).toBe(0);
    wire.accept?.();
    expect(taken).toBe(1);
    expect(response.isSent).toBe(true);
  });

  it.each([
    ["a length", body("hello")],
    ["chunks", unmeasured],
  ])("not when it was cut: %s", async (_, framing) => {
    const { wire, response } = answer();
    wire.isSlow = true;
    let taken = 0;
    response.writeHead(200, [], framing);
    response.write(Buffer.from("hello"), () => (taken += 1));
    response.destroy();
    await once(wire, "close");
    // As the system does, without an error.
    wire.accept?.();
    response.end();
    expect(response.destroyed).toBe(true);
    expect(response.isSent).toBe(false);
    expect(taken).toBe(0);
  });

  it("not when the connection was gone before its first bytes", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], body("hello"));
    response.destroy();
    response.end();
    expect(response.hasEnded).toBe(true);
    expect(response.isSent).toBe(false);
    expect(wire.text).toBe("");
  });
});

test("who waits for the reader goes on when it reads, or is gone", async () => {
  for (const then of ["reads", "goes"] as const) {
    const { wire, response } = answer();
    wire.isSlow = true;
    response.writeHead(200, [], { length: 1_000_000, isBodiless: false });
    expect(response.write(Buffer.alloc(1_000_000))).toBe(false);
    expect(response.needsDrain).toBe(true);
    let waits = true;
    const waiting = response.whenWritable().then(() => (waits = false));
    await Promise.resolve();
    expect(waits).toBe(true);
    if (then === "goes") response.destroy();
    else {
      wire.isSlow = false;
      wire.accept?.();
    }
    await waiting;
    expect(wire.listenerCount("drain") + wire.listenerCount("close")).toBe(0);
    await response.whenWritable();
  }
});

/** Limits of a reader's silence that were set while an answer was written, the client having ended its side. */
async function limitsOfEnded(isTls: boolean, endsFirst: boolean): Promise<unknown[]> {
  const { wire, response } = answer();
  const setTimeout = vi.fn<(ms: number) => void>();
  Object.assign(wire, { setTimeout }, isTls && { encrypted: true });
  const end = async (): Promise<void> => {
    wire.resume().push(null);
    await once(wire, "end");
  };
  if (endsFirst) await end();
  await response.whileRead(async () => {
    if (!endsFirst) await end();
  });
  expect(wire.listenerCount("end") + wire.listenerCount("timeout")).toBe(0);
  return setTimeout.mock.calls.map(([ms]) => ms);
}

test.each([true, false])(
  "a reader that ended its side of TLS may not be silent long",
  async (first) => {
    const { readerIdleTimeoutMs: long, endedReaderIdleTimeoutMs: short } = serverLimits;
    expect(await limitsOfEnded(true, first)).toEqual([long, short, 0]);
    expect(await limitsOfEnded(false, first)).toEqual([long, 0]);
  },
);

test("100 Continue comes before the answer, and not on a connection that is gone", () => {
  const { wire, response } = answer();
  response.writeContinue();
  response.writeHead(200, [], bodiless);
  response.end();
  expect(wire.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const gone = answer();
  gone.response.destroy();
  gone.response.writeContinue();
  expect(gone.wire.text).toBe("");
});

describe("a body of another length than its head has told", () => {
  it("is cut where it is longer, and says nothing of what is too much", () => {
    const { wire, response } = answer();
    response.writeHead(200, [], body("12345"));
    response.write(Buffer.from("123"));
    response.write(Buffer.from("456"));
    response.end();
    expect(wire.text.endsWith("\r\n\r\n123")).toBe(true);
    expect([response.destroyed, response.isSent]).toEqual([true, false]);
  });

  it("is cut where it is shorter", () => {
    const { response } = answer();
    response.writeHead(200, [], body("12345"));
    response.write(Buffer.from("1234"));
    response.end();
    expect([response.destroyed, response.isSent]).toEqual([true, false]);
  });

  it("is none where the head cannot be sent", () => {
    const { wire, response } = answer();
    expect(() => response.writeHead(200, ["a", "b\r\nc: d"], unmeasured)).toThrow(/cannot be sent/);
    response.writeHead(500, [], body("no"));
    response.write(Buffer.from("no"));
    response.end();
    expect(wire.text).not.toContain("chunked");
    expect(wire.text.endsWith("\r\n\r\nno")).toBe(true);
  });
});
