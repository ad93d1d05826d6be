import * as fc from "fast-check";
import { expect, it } from "vitest";
import { rowsOfObjects } from "../../core/list-page.ts";
import { formatTime, printable } from "../format.ts";
import { LineBuffer } from "./line-buffer.ts";

function written(write: (lines: LineBuffer) => void): string {
  const lines = new LineBuffer();
  write(lines);
  return lines.bytes.toString();
}

const times = fc.date({
  min: new Date("0000-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59Z"),
  noInvalidDate: true,
});

it("writes times as they are written elsewhere", () => {
  fc.assert(
    fc.property(fc.array(times), (all) => {
      const text = written((lines) => {
        for (const time of all) {
          lines.time(time.getTime());
          lines.end();
        }
      });
      expect(text).toBe(all.map((time) => `${formatTime(time)}\n`).join(""));
    }),
  );
  expect(written((lines) => lines.time(Number.NaN))).toBe("-".padEnd(19));
});

it("writes numbers with blanks before them", () => {
  const numbers = fc.oneof(
    fc.nat(),
    fc.maxSafeNat(),
    fc.constantFrom(0, 9, 10, 99, 100, 2 ** 31, 2 ** 53, -1, 0.5, Number.NaN),
  );
  fc.assert(
    fc.property(numbers, fc.nat(20), (number, width) => {
      expect(written((lines) => lines.number(number, width))).toBe(String(number).padStart(width));
    }),
  );
});

it("writes texts and keys as a terminal may show them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 8 })),
      fc.nat(3),
      (drawn, from) => {
        const keys = drawn.map((key) => `abc${key}`);
        const objects = keys.map((key) => ({
          key,
          sizeBytes: 1,
          etag: "e",
          lastModified: new Date(0),
        }));
        const rows = rowsOfObjects(objects);
        const text = written((lines) => {
          for (const [row, key] of keys.entries()) {
            lines.text(key);
            lines.key(rows, row, from);
          }
        });
        expect(text).toBe(keys.map((key) => printable(key) + printable(key.slice(from))).join(""));
      },
    ),
  );
});

it("holds as much as is written, until it is cleared", () => {
  const lines = new LineBuffer();
  for (let line = 0; line < 20_000; line += 1) {
    lines.number(line, 12);
    lines.text(" 日本\u{1F600}");
    lines.end();
  }
  const all = Array.from(
    { length: 20_000 },
    (_, line) => `${String(line).padStart(12)} 日本\u{1F600}\n`,
  );
  expect(lines.bytes.toString()).toBe(all.join(""));
  lines.clear();
  expect(lines.bytes).toHaveLength(0);
});
