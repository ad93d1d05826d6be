import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { ChunkedReader } from "./chunked-reader.ts";
import { HttpSyntaxError } from "./http-syntax-error.ts";

const limits = { lineBytes: 20, trailerBytes: 50 };

interface Reading {
  readonly body: string;
  readonly rest: string;
  readonly isDone: boolean;
}

/** What a reader makes of bytes that come in pieces, whose memory is used again. */
function reading(text: string, cuts: readonly number[] = []): Reading {
  let body = "";
  let rest = "";
  const reader = new ChunkedReader(limits, (bytes) => {
    expect(bytes.length).toBeGreaterThan(0);
    body += bytes.toString("latin1");
  });
  const bytes = Buffer.from(text, "latin1");
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let begin = 0;
  for (const end of ends.toSorted((a, b) => a - b)) {
    const piece = Buffer.from(bytes.subarray(begin, end));
    rest += reader.read(piece).toString("latin1");
    piece.fill("#");
    begin = end;
  }
  return { body, rest, isDone: reader.isDone };
}

const bytewise = (text: string): number[] => Array.from({ length: text.length }, (_, at) => at);

/** However the bytes are cut, the outcome is one. */
function anyCuts(text: string): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(text.length), { maxLength: 20 });
}

const whole = "5;x=y\r\nhello\r\n0B \t\r\n, my\r\nworld\r\n0;z\r\nx-t: \u00e9\r\ny:\r\n\r\n";

describe("a body of chunks", () => {
  it.each([
    ["with extensions and trailers", whole, "hello, my\r\nworld"],
    ["of no bytes", "0\r\n\r\n", ""],
    ["of no bytes in many digits", "000000000000\r\n\r\n", ""],
    [
      "with a size in both cases",
      `1a\r\n${"b".repeat(26)}\r\n1A\r\n${"c".repeat(26)}\r\n0\r\n\r\n`,
      "b".repeat(26) + "c".repeat(26),
    ],
    ["that holds line ends", "6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", "\r\n0\r\n\r"],
  ])("%s, however it is cut, up to its end", (_, text, body) => {
    const next = "GET / HTTP/1.1\r\n\r\n";
    const expected = { body, rest: next, isDone: true };
    fc.assert(
      fc.property(anyCuts(text + next), (at) => {
        expect(reading(text + next, at)).toEqual(expected);
      }),
    );
    expect(reading(text + next, bytewise(text + next))).toEqual(expected);
  });

  it("has not ended before its last line feed", () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(reading(whole.slice(0, length)).isDone).toBe(false);
    }
  });
});

const trailers = (text: string): string => `1\r\na\r\n0\r\n${text}\r\n\r\n`;

test.each([
  ["no size", "\r\nabc", /size of a chunk/],
  ["a size that is none", "x\r\n", /size of a chunk/],
  ["an extension alone", ";a\r\n", /size of a chunk/],
  ["a blank first", " 5\r\nhello", /size of a chunk/],
  ["a minus", "-1\r\n", /size of a chunk/],
  ["a plus", "+1\r\na", /size of a chunk/],
  ["0x", "0x5\r\nhello", /size of a chunk/],
  ["an underscore", "1_0\r\n", /size of a chunk/],
  ["a letter beyond f", "1g\r\n", /size of a chunk/],
  ["two sizes", "5 5\r\nhello", /size of a chunk/],
  ["a huge size", `${"f".repeat(13)}\r\n`, /size of a chunk/],
  ["a size of many digits", "0000000000001\r\na", /size of a chunk/],
  ["a control character in an extension", "5;\0\r\nhello", /size of a chunk/],
  ["a longer chunk", "5\r\nhelloo\r\n0\r\n\r\n", /longer than its size/],
  ["a shorter chunk", "5\r\nhel\r\n0\r\n\r\n", /longer than its size/],
  ["a size that ends with a line feed", "5\nhello\n0\n\n", /bare line feed|size of a chunk/],
  ["an extension that does", "5;a\nhello\r\n", /bare line feed|size of a chunk/],
  ["a chunk that does", "5\r\nhello\n0\r\n\r\n", /bare line feed|longer/],
  ["a carriage return in an extension", "5;\ra\r\nhello", /carriage return|size of a chunk/],
  ["a chunk behind two", "5\r\nhello\r\r\n", /carriage return|longer/],
  ["a long extension", `5;${"a".repeat(19)}\r\nhello`, /too long/],
  ["a long trailer", trailers(`a:${"b".repeat(19)}`), /too long/],
  ["many trailers", trailers("a: b\r\n".repeat(13)), /too long/],
  ["a trailer that is none", trailers("GET /evil HTTP/1.1"), /its end is none/],
  ["a blank before its colon", trailers("a : b"), /its end is none/],
  ["a folded trailer", trailers("a: b\r\n c"), /its end is none/],
  ["a line feed in a trailer", trailers("a: b\n\nGET / x"), /bare line feed|its end is none/],
  ["a carriage return in a trailer", trailers("a: b\rc: d"), /carriage return|its end is none/],
  ["NUL in a trailer", trailers("a: \0"), /its end is none/],
])("%s is refused, however it is cut", (_, text, message) => {
  expect(() => reading(text)).toThrow(message);
  expect(() => reading(text, bytewise(text))).toThrow(HttpSyntaxError);
  expect(() => reading(text, bytewise(text))).toThrow(message);
  fc.assert(
    fc.property(anyCuts(text), (at) => {
      expect(() => reading(text, at)).toThrow(message);
    }),
  );
});

test.each([
  ["a line", `5;${"a".repeat(18)}\r\nhello\r\n0\r\n\r\n`],
  ["a trailer", trailers(`a:${"b".repeat(18)}`)],
  ["all trailers", trailers(Array.from({ length: 12 }, () => "a: b").join("\r\n"))],
])("%s may be as long as the limit", (_, text) => {
  expect(reading(text).isDone).toBe(true);
  expect(reading(text, bytewise(text)).isDone).toBe(true);
});

function refusal(text: string): unknown {
  try {
    return reading(text);
  } catch (error) {
    return error;
  }
}

test("what is too long says so", () => {
  expect(refusal(`5;${"a".repeat(30)}`)).toMatchObject({ isTooLong: true });
  expect(refusal(trailers("a: b\r\n".repeat(13)))).toMatchObject({ isTooLong: true });
  expect(refusal("x\r\n")).toMatchObject({ isTooLong: false });
});
