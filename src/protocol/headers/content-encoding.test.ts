import { expect, it } from "vitest";
import { isAwsChunked, withoutAwsChunked } from "./content-encoding.ts";

it.each([
  ["aws-chunked", undefined],
  ["aws-chunked,gzip", "gzip"],
  ["gzip, AWS-chunked", "gzip"],
  ["gzip,br", "gzip,br"],
  ["", ""],
  [undefined, undefined],
])("the stored encoding of %j is %j", (sent, stored) => {
  expect(withoutAwsChunked(sent)).toBe(stored);
});

it("a name that only begins so is another coding", () => {
  expect(isAwsChunked("gzip, AWS-Chunked")).toBe(true);
  expect(isAwsChunked("aws-chunked2")).toBe(false);
  expect(withoutAwsChunked("aws-chunked2")).toBe("aws-chunked2");
});
