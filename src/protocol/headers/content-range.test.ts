import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatContentRange, parseContentRange } from "./content-range.ts";

it.each(["", "bytes", "bytes */100", "bytes 5-/10", "items 0-1/2", "bytes 0-1"])(
  "takes %j for no range",
  (header) => {
    expect(parseContentRange(header)).toBeUndefined();
  },
);

it("may leave the size open", () => {
  expect(parseContentRange("bytes 2-4/*")).toEqual({
    range: { first: 2, last: 4 },
    sizeBytes: undefined,
  });
});

it("comes back as it was written", () => {
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(count, count, count, (first, last, sizeBytes) => {
      const range = { first, last };
      expect(parseContentRange(formatContentRange(range, sizeBytes))).toEqual({ range, sizeBytes });
    }),
  );
});
