import { expect, test } from "vitest";
import { formatAmzDate, parseAmzDate } from "./amz-date.ts";

test("dates that differ in one place alone are told apart, one behind the other", () => {
  const texts = ["20261124T100000Z", "20261124T100001Z", "20261124T100101Z", "20261124T110101Z"];
  for (const text of [...texts, ...texts]) {
    const date = parseAmzDate(text);
    expect(date?.toISOString().replaceAll(/[-:]|\.000/g, "")).toBe(text);
    expect(date && formatAmzDate(date)).toBe(text);
    expect(parseAmzDate(`${text}Z`)).toBeUndefined();
  }
});
