import { expect, test } from "vitest";
import { parseCopySource } from "./copy-source.ts";

test.each([
  ["b/k", { bucket: "b", key: "k", versionId: undefined }],
  ["/b/k", { bucket: "b", key: "k", versionId: undefined }],
  ["b/a%2Fb%3FversionId%3Dx", { bucket: "b", key: "a/b?versionId=x", versionId: undefined }],
  ["b/k?versionId=v1", { bucket: "b", key: "k", versionId: "v1" }],
  ["b/k?versionId=v1?versionId=v2", { bucket: "b", key: "k?versionId=v1", versionId: "v2" }],
  ["b//k/../x/", { bucket: "b", key: "/k/../x/", versionId: undefined }],
  ["b/a+b", { bucket: "b", key: "a+b", versionId: undefined }],
  ["b/%C5%BE", { bucket: "b", key: "ž", versionId: undefined }],
])("%s", (text, expected) => {
  expect(parseCopySource(text)).toEqual(expected);
});

test.each(["", "/", "bucket", "bucket/", "//key", "b/%zz", "b/%ff"])("%j is refused", (text) => {
  expect(() => parseCopySource(text)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
});

test("access points are not implemented", () => {
  expect(() => parseCopySource("arn:aws:s3:us-east-1:111122223333:accesspoint/p/object/k")).toThrow(
    expect.objectContaining({ code: "NotImplemented", status: 501 }),
  );
});
