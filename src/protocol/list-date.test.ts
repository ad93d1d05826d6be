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
