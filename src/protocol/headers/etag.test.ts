import * as fc from "fast-check";
import { expect, it } from "vitest";
import { bareEtag, matchesEtag, quoteEtag } from "./etag.ts";

it.each(['"abc"', "abc", 'W/"abc"', "*", '"x", "abc"'])("%s matches abc", (header) => {
  expect(matchesEtag(header, "abc")).toBe(true);
});

it.each(['"ab"', "", '"abcd"', '"ABC"'])("%j does not match abc", (header) => {
  expect(matchesEtag(header, "abc")).toBe(false);
});

it("quotes once, and nothing where there is nothing", () => {
  expect(quoteEtag('"abc"')).toBe('"abc"');
  expect(quoteEtag("")).toBe("");
});

it("quotes and bares undo each other", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]+(-\d+)?$/), (etag) => {
      expect(bareEtag(quoteEtag(etag))).toBe(etag);
      expect(matchesEtag(quoteEtag(etag), etag)).toBe(true);
    }),
  );
});
