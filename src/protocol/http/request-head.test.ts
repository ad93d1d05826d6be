import { describe, expect, it, test } from "vitest";
import { HttpSyntaxError } from "./http-syntax-error.ts";
import { parseRequestHead } from "./request-head.ts";

const first = "PUT /bkt/k HTTP/1.1";
const parse = (...lines: string[]) => parseRequestHead([first, ...lines].join("\r\n"));

test("a head says all of its request", () => {
  expect(
    parseRequestHead(
      "PUT /bkt/k?x=%20 HTTP/1.1\r\nHost: x\r\nA: \t b c\t \r\nContent-Length: 12\r\nE:\r\na:2",
    ),
  ).toEqual({
    method: "PUT",
    target: "/bkt/k?x=%20",
    version: "1.1",
    headers: new Map([
      ["host", "x"],
      ["a", "b c,2"],
      ["content-length", "12"],
      ["e", ""],
    ]),
    headerCount: 5,
    hostCount: 1,
    lengthBytes: 12,
    isChunked: false,
    keepsAlive: true,
    expectsContinue: false,
  });
});

test("a first line alone is a head", () => {
  expect(parse()).toMatchObject({
    headers: new Map(),
    headerCount: 0,
    lengthBytes: undefined,
    isChunked: false,
  });
});

test("values are bytes, none of which is taken for a blank", () => {
  expect(parse("a:\u00c3\u00a0 \u0085", "b:\u00a0").headers).toEqual(
    new Map([
      ["a", "\u00c3\u00a0 \u0085"],
      ["b", "\u00a0"],
    ]),
  );
});

test("any name is a header's", () => {
  expect(parse("__proto__: p", "constructor: c").headers).toEqual(
    new Map([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]),
  );
});

describe("the target is as it stands there", () => {
  it.each(["*", "x:443", "http://y/z", "//y", "/a#b", "/%00", "/\\", '/"<>'])("%s", (target) => {
    expect(parseRequestHead(`GET ${target} HTTP/1.1`).target).toBe(target);
  });
});

describe("no first line", () => {
  it.each([
    ["nothing", ""],
    ["no version", "GET /"],
    ["an empty target", "GET  HTTP/1.1"],
    ["two blanks", "GET  / HTTP/1.1"],
    ["a blank within", "GET /a b HTTP/1.1"],
    ["a blank before", " GET / HTTP/1.1"],
    ["a blank behind", "GET / HTTP/1.1 "],
    ["tabs", "GET\t/\tHTTP/1.1"],
    ["HTTP/2", "PRI * HTTP/2.0"],
    ["HTTP/0.9", "GET / HTTP/0.9"],
    ["HTTP/1.2", "GET / HTTP/1.2"],
    ["HTTP/1.10", "GET / HTTP/1.10"],
    ["HTTP/11", "GET / HTTP/11"],
    ["lower case", "GET / http/1.1"],
    ["another protocol", "GET / RTSP/1.0"],
    ["a long method", `${"A".repeat(33)} / HTTP/1.1`],
    ["a method with a colon", "G:T / HTTP/1.1"],
    ["NUL", "GET /\0 HTTP/1.1"],
    ["DEL", "GET /\u007f HTTP/1.1"],
    ["a byte beyond ASCII in the target", "GET /\u00c3\u00a9 HTTP/1.1"],
    ["a bare carriage return", "GET /\rx HTTP/1.1"],
    ["a bare line feed", "GET / HTTP/1.1\nHost: x"],
    ["an empty line before", "\r\nGET / HTTP/1.1"],
  ])("%s", (_, line) => {
    expect(() => parseRequestHead(line)).toThrow(/first line/);
    expect(() => parseRequestHead(`${line}\r\nHost: x`)).toThrow(HttpSyntaxError);
  });
});

describe("no header", () => {
  it.each([
    ["a folded one", "A: b\r\n c"],
    ["one folded by a tab", "A: b\r\n\tc"],
    ["a blank at once", " A: b"],
    ["a blank before the colon", "A : b"],
    ["a tab before the colon", "A\t: b"],
    ["no colon", "A"],
    ["no name", ": b"],
    ["a bare line feed", "A: b\nC: d"],
    ["a bare carriage return", "A: b\rC: d"],
    ["two carriage returns", "A: b\r"],
    ["NUL in a value", "A: \0"],
    ["NUL in a name", "A\0: b"],
    ["a vertical tab", "Transfer-Encoding: \u000bchunked"],
    ["DEL", "A: \u007f"],
    ["a name beyond ASCII", "\u00c3\u00a9: b"],
    ["a name with a bracket", "A[: b"],
    ["an empty line", "\r\nA: b"],
  ])("%s", (_, line) => {
    expect(() => parse("Host: x", line)).toThrow(/line of its headers/);
    expect(() => parse(line, "Host: x")).toThrow(/line of its headers/);
  });

  it("takes no time that grows faster than the head", () => {
    const long = `a: ${"b ".repeat(8000)}`;
    for (const tail of ["\0", "\r\n\0", "\r\nx"]) {
      expect(() => parse(...Array.from({ length: 100 }, () => long), tail)).toThrow(/none/);
    }
  });
});

describe("a length", () => {
  it.each([
    ["0", 0],
    ["5", 5],
    ["0005", 5],
    ["999999999999999", 999_999_999_999_999],
  ])("%s", (text, expected) => {
    expect(parse(`content-LENGTH: ${text}`).lengthBytes).toBe(expected);
  });

  it.each([
    "",
    "+5",
    "-1",
    "5x",
    "0x5",
    "5 5",
    "5, 5",
    "5,",
    "1e3",
    "1.0",
    "\u00b2",
    "1".repeat(16),
  ])("is not %j", (text) => {
    expect(() => parse(`Content-Length: ${text}`)).toThrow(/no number/);
  });

  it.each([
    ["5", "5"],
    ["5", "6"],
    ["0", "5"],
  ])("is said once: %s and %s", (one, other) => {
    expect(() => parse(`Content-Length: ${one}`, "A: b", `CONTENT-LENGTH: ${other}`)).toThrow(
      /two lengths/,
    );
  });
});

describe("chunks", () => {
  it.each(["chunked", "Chunked", "\t CHUNKED \t"])("%j", (encoding) => {
    expect(parse(`transfer-ENCODING:${encoding}`)).toMatchObject({
      isChunked: true,
      lengthBytes: undefined,
    });
  });

  it.each([
    "",
    "identity",
    "gzip",
    "gzip, chunked",
    "chunked, chunked",
    "chunked,",
    ",chunked",
    '"chunked"',
    "xchunked",
    "chunked;q=1",
    "chunked\u00a0",
  ])("no other encoding: %j", (encoding) => {
    expect(() => parse(`Transfer-Encoding: ${encoding}`)).toThrow(/another way/);
  });

  it("are said once", () => {
    const line = "Transfer-Encoding: chunked";
    expect(() => parse(line, line)).toThrow(/another way/);
    expect(() => parse(line, "Transfer-Encoding: identity")).toThrow(/another way/);
  });

  it("have no length beside them, in either order", () => {
    const lines = ["Transfer-Encoding: chunked", "Content-Length: 0"];
    expect(() => parse(...lines)).toThrow(/a length and chunks/);
    expect(() => parse(...lines.toReversed())).toThrow(/a length and chunks/);
  });

  it("are none of HTTP/1.0", () => {
    const text = "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked";
    expect(() => parseRequestHead(text)).toThrow(/no chunks/);
  });

  it("are not meant by a name that only looks alike", () => {
    expect(parse("Transfer_Encoding: chunked", "Transfer-Encodin: x").isChunked).toBe(false);
  });
});

test.each<[string, string[], boolean]>([
  ["1.1", [], true],
  ["1.1", ["close"], false],
  ["1.1", ["CLOSE"], false],
  ["1.1", ["foo,\t Close ,bar"], false],
  ["1.1", ["keep-alive", "close"], false],
  ["1.1", ["close", "keep-alive"], false],
  ["1.1", ["closed, disclose, close-not"], true],
  ["1.1", ["upgrade"], true],
  ["1.0", [], false],
  ["1.0", ["keep-alive"], true],
  ["1.0", ["x, Keep-Alive"], true],
  ["1.0", ["keep-alive, close"], false],
  ["1.0", ["keep-alive-not"], false],
])("HTTP/%s with Connection %j is kept: %s", (version, lists, expected) => {
  const lines = [`GET / HTTP/${version}`, ...lists.map((list) => `Connection: ${list}`)];
  expect(parseRequestHead(lines.join("\r\n")).keepsAlive).toBe(expected);
});

test("no request follows what may be meant for a tunnel", () => {
  expect(parseRequestHead("CONNECT x:443 HTTP/1.1\r\nHost: x").keepsAlive).toBe(false);
});

test.each<[string, string[], boolean]>([
  ["1.1", ["100-continue"], true],
  ["1.1", [" 100-Continue\t"], true],
  ["1.1", ["100-continue, x"], true],
  ["1.1", ["x", "100-continue"], true],
  ["1.1", ["100-continue", "x"], true],
  ["1.1", ["x"], false],
  ["1.1", ["100-continued"], false],
  ["1.1", [""], false],
  ["1.0", ["100-continue"], false],
])("HTTP/%s with Expect %j waits: %s", (version, values, expected) => {
  const lines = [`PUT / HTTP/${version}`, ...values.map((value) => `Expect: ${value}`)];
  expect(parseRequestHead(lines.join("\r\n")).expectsContinue).toBe(expected);
});
