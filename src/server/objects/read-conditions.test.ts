import { describe, expect, test } from "vitest";
import { judgeReadConditions } from "./read-conditions.ts";

const record = { etag: "abc", lastModified: new Date("2026-01-10T12:00:00.700Z") };
const now = new Date("2026-02-01T00:00:00Z");
const before = "Fri, 09 Jan 2026 12:00:00 GMT";
const same = "Sat, 10 Jan 2026 12:00:00 GMT";
const future = "Mon, 01 Jan 2029 00:00:00 GMT";

function judge(conditions: Partial<Parameters<typeof judgeReadConditions>[0]>): unknown {
  const none = {
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifUnmodifiedSince: undefined,
  };
  return judgeReadConditions({ ...none, ...conditions }, record, now);
}

describe("judgeReadConditions", () => {
  test("If-Match that holds beats If-Unmodified-Since that does not", () => {
    expect(judge({ ifMatch: '"abc"', ifUnmodifiedSince: before })).toBe("met");
    expect(judge({ ifUnmodifiedSince: before })).toEqual({ failed: "If-Unmodified-Since" });
    expect(judge({ ifMatch: '"other"' })).toEqual({ failed: "If-Match" });
  });

  test("If-None-Match that does not match beats If-Modified-Since", () => {
    expect(judge({ ifNoneMatch: '"abc"', ifModifiedSince: before })).toBe("not-modified");
    expect(judge({ ifNoneMatch: '"other"', ifModifiedSince: same })).toBe("met");
  });

  test("dates compare in whole seconds", () => {
    expect(judge({ ifModifiedSince: same })).toBe("not-modified");
    expect(judge({ ifModifiedSince: before })).toBe("met");
    expect(judge({ ifUnmodifiedSince: same })).toBe("met");
  });

  test("a date in the future or no date at all is not looked at", () => {
    expect(judge({ ifModifiedSince: future })).toBe("met");
    expect(judge({ ifModifiedSince: "yesterday", ifUnmodifiedSince: "never" })).toBe("met");
  });
});
