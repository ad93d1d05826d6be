import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHttpDate, parseHttpDate } from "./http-date.ts";

describe("HTTP dates", () => {
  it.each([
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "1994-11-06T08:49:37Z",
    "1994-11-06T08:49:37.000Z",
  ])("reads %s", (text) => {
    expect(parseHttpDate(text)?.toISOString()).toBe("1994-11-06T08:49:37.000Z");
  });

  it.each([
    "",
    "yesterday",
    "0",
    "2026",
    "Sun, 06 Xyz 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 EST",
    "1994-13-06T08:49:37Z",
  ])("takes %j for no date", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it("brings whole seconds back", () => {
    const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (time) => {
        const date = new Date(time * 1000);
        expect(parseHttpDate(formatHttpDate(date))).toEqual(date);
      }),
    );
  });
});
