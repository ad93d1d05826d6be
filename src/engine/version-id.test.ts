import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Sequence } from "./sequence.ts";
import {
  isOwnVersionId,
  isVersionId,
  makeUploadId,
  makeVersionId,
  sequenceOf,
} from "./version-id.ts";

test("ids are 32 or 48 URL-safe characters, differ, and know their number", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (sequence) => {
      const id = makeVersionId(sequence);
      expect(id).toMatch(/^[\w-]{32}$/);
      expect(isVersionId(id)).toBe(true);
      expect(sequenceOf(id)).toBe(sequence);
      expect(makeVersionId(sequence)).not.toBe(id);
      expect(isOwnVersionId(id)).toBe(true);
      expect(isOwnVersionId(`${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`)).toBe(false);
      expect(makeUploadId(sequence)).toMatch(/^[\w-]{48}$/);
      expect(sequenceOf(makeUploadId(sequence))).toBe(sequence);
    }),
  );
});

test.each(["", "abc", "null", "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", "A".repeat(33)])(
  "%j is no id of ours",
  (id) => {
    expect(isOwnVersionId(id)).toBe(false);
  },
);

test("any text has some number that fits a key", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(Number.isSafeInteger(sequenceOf(text))).toBe(true);
    }),
  );
});

test("sequence numbers only grow, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 2 }), fc.nat(20_000_000), (times, last) => {
      let at = 0;
      const sequence = new Sequence(() => new Date(times[at] ?? 0), last);
      const numbers = times.map((_time, index) => {
        at = index;
        return sequence.next();
      });
      expect(numbers.every((number, index) => number > (numbers[index - 1] ?? last))).toBe(true);
      expect(sequence.last).toBe(numbers.at(-1));
    }),
  );
});
