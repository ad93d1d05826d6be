import { describe, expect, it } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import { keyAhead } from "./key-ahead.ts";

/** How many keys there are between the last one of a run of pages and the guess, as a share of what was asked for. */
function accuracy(keys: readonly string[], pages: number, ahead: number): number {
  const page = 1000;
  const sorted = keys.toSorted(compareKeys);
  const start = 3 * page;
  const ends = Array.from({ length: pages + 1 }, (_, index) => sorted[start + index * page] ?? "");
  const from = ends.at(-1) ?? "";
  const guess = keyAhead({ keys: ends, count: pages * page }, from, ahead, 0);
  if (guess === undefined) return Number.NaN;
  const reached = sorted.findIndex((key) => compareKeys(key, guess) > 0);
  return (reached - (start + pages * page)) / ahead;
}

const count = 100_000;
const make = (name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index));
const padded = (value: number, width: number): string => String(value).padStart(width, "0");
const hashed = (index: number): string =>
  Math.imul(index + 1, 2_654_435_761)
    .toString(16)
    .slice(-7);

describe("keyAhead comes near the key that is meant", () => {
  it.each([
    ["numbers", make((index) => `k${padded(index, 9)}`)],
    [
      "folders of a thousand",
      make((index) => `d${padded(Math.floor(index / 1000), 4)}/f${padded(index % 1000, 4)}.txt`),
    ],
    [
      "small folders",
      make((index) => `exp=${padded(Math.floor(index / 50), 5)}/seed=${padded(index % 50, 3)}.pq`),
    ],
    [
      "folders of several pages",
      make((index) => `d${padded(Math.floor(index / 5000), 4)}/f${padded(index % 5000, 5)}.txt`),
    ],
    ["days", make((index) => `log/${new Date(index * 3_600_000).toISOString()}`)],
    ["hashes", make((index) => `blobs/${hashed(index)}-${padded(index, 6)}`)],
    [
      "letters",
      make(
        (index) =>
          `w/${index
            .toString(26)
            .padStart(5, "0")
            .replaceAll(/./g, (digit) => String.fromCodePoint(97 + Number.parseInt(digit, 26)))}`,
      ),
    ],
  ])("%s", (_, keys) => {
    const share = accuracy(keys, 16, 4000);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(3);
  });
});

describe("keyAhead answers nothing", () => {
  it("where the keys do not tell", () => {
    expect(keyAhead({ keys: ["---", "--~"], count: 10 }, "--~", 10, 0)).toBeUndefined();
    expect(keyAhead({ keys: ["a"], count: 1 }, "a", 10, 0)).toBeUndefined();
  });

  it("where it would leave the prefix", () => {
    const sample = { keys: ["p9/000", "p9/999"], count: 1000 };
    expect(keyAhead(sample, "p9/999", 4000, 3)).toBeUndefined();
  });
});
