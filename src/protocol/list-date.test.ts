import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatListDate, readListDate } from "./list-date.ts";

it("brings whole seconds back and cuts the rest off", () => {
  const times = fc.date({
    min: new Date("1970-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (date) => {
      const seconds = Math.floor(date.getTime() / 1000);
      expect(read(formatListDate(date))).toBe(seconds * 1000);
    }),
  );
});

it.each([
  "",
  "yesterday",
  "2026-11-24T10:11:12Z",
  "2026-11-24T1x:11:12.000Z",
  "2026-11-24T25:11:12.000Z",
  "2026-11-24T10:61:12.000Z",
  "2026-11-24T10:11:12.0a0Z",
  "2026-11-24T10:11:12.000X",
  "2026-11-24T10-11-12.000Z",
  "2026-13-24T10:11:12.000Z",
  "2026-13-24T10:11:12.000Z",
  "20x6-13-24T10:11:12.000Z",
])("leaves %j to others", (text) => expect(read(text)).toBeNaN());

function read(text: string): number {
  return readListDate(Buffer.from(text), 0, text.length);
}
