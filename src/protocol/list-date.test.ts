import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatListDate, parseListDate } from "./list-date.ts";

it("brings whole seconds back and cuts the rest off", () => {
  const times = fc.date({
    min: new Date("1970-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (date) => {
      const seconds = Math.floor(date.getTime() / 1000);
      expect(parseListDate(formatListDate(date)).getTime()).toBe(seconds * 1000);
    }),
  );
});

it.each([
  ["2026-11-24T10:11:12.345Z", 345],
  ["2026-11-24T10:11:12.000Z", 0],
  ["2026-11-24T10:11:12Z", 0],
  ["2026-11-24T12:11:12.007+02:00", 7],
  ["2026-11-24T10:11:12.345678Z", 345],
])("reads %s, as other stores write it", (text, ms) => {
  expect(parseListDate(text).getTime()).toBe(Date.UTC(2026, 10, 24, 10, 11, 12, ms));
});

it.each([
  "",
  "yesterday",
  "2026-11-24T1x:11:12.000Z",
  "2026-11-24T25:11:12.000Z",
  "2026-13-24T10:11:12.000Z",
])("answers an invalid date for %j", (text) => expect(parseListDate(text).getTime()).toBeNaN());
