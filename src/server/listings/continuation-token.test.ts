import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeContinuationToken, encodeContinuationToken } from "./continuation-token.ts";

const incorrect = expect.objectContaining({
  code: "InvalidArgument",
  message: "The continuation token provided is incorrect",
});

test("any place comes back, in letters safe in a URL", () => {
  const place = fc.string({ unit: "binary", minLength: 1 }).map((text) => text.toWellFormed());
  fc.assert(
    fc.property(place, (after) => {
      const token = encodeContinuationToken("bucket", after);
      expect(token).toMatch(/^[\w-]+$/);
      expect(decodeContinuationToken("bucket", token)).toBe(after);
    }),
  );
});

test("a token of another bucket is refused", () => {
  const token = encodeContinuationToken("bucket-a", "key");
  expect(() => decodeContinuationToken("bucket-b", token)).toThrow(incorrect);
});

test("a token with any letter changed, cut or added is refused", () => {
  const token = encodeContinuationToken("bucket", "some/key");
  for (let index = 0; index < token.length; index++) {
    const other = token[index] === "A" ? "B" : "A";
    const changed = token.slice(0, index) + other + token.slice(index + 1);
    expect(() => decodeContinuationToken("bucket", changed)).toThrow(incorrect);
    expect(() => decodeContinuationToken("bucket", token.slice(0, index))).toThrow(incorrect);
  }
  expect(() => decodeContinuationToken("bucket", `${token}=`)).toThrow(incorrect);
});
