import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { formatCopySource, parseCopySource } from "./copy-source.ts";

it.each([
  ["b/k", { bucket: "b", key: "k", versionId: undefined }],
  ["/b/k", { bucket: "b", key: "k", versionId: undefined }],
  ["b/a%2Fb%3FversionId%3Dx", { bucket: "b", key: "a/b?versionId=x", versionId: undefined }],
  ["b/k?versionId=v1", { bucket: "b", key: "k", versionId: "v1" }],
  ["b/k?versionId=v%2B1%3D", { bucket: "b", key: "k", versionId: "v+1=" }],
  ["b/k?versionId=v1?versionId=v2", { bucket: "b", key: "k?versionId=v1", versionId: "v2" }],
  ["b//k/../x/", { bucket: "b", key: "/k/../x/", versionId: undefined }],
  ["b/a+b", { bucket: "b", key: "a b", versionId: undefined }],
  ["b/a%2Bb", { bucket: "b", key: "a+b", versionId: undefined }],
  ["b%2Ftest+key.txt", { bucket: "b", key: "test key.txt", versionId: undefined }],
  ["%2Fb%2Fk", { bucket: "b", key: "k", versionId: undefined }],
  ["http://127.0.0.1:9000/b/k", { bucket: "b", key: "k", versionId: undefined }],
  ["https://s3.amazonaws.com/b/a/b?versionId=v", { bucket: "b", key: "a/b", versionId: "v" }],
  ["b/http://c/d", { bucket: "b", key: "http://c/d", versionId: undefined }],
  ["b/%C5%BE", { bucket: "b", key: "ž", versionId: undefined }],
])("%s", (text, expected) => {
  expect(parseCopySource(text)).toEqual(expected);
});

it.each([
  "",
  "/",
  "bucket",
  "http://host/b",
  "https://",
  "bucket/",
  "//key",
  "b/%zz",
  "b/%ff",
  "b/k?versionId=%",
])("%j is refused", (text) => {
  expect(() => parseCopySource(text)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
});

it("access points are not implemented", () => {
  expect(() => parseCopySource("arn:aws:s3:us-east-1:111122223333:accesspoint/p/object/k")).toThrow(
    expect.objectContaining({ code: "NotImplemented", status: 501 }),
  );
});

it("comes back as it was written", () => {
  const text = anyText.filter((value) => value !== "");
  const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,20}$/);
  const versionId = fc.option(text, { nil: undefined });
  fc.assert(
    fc.property(fc.record({ bucket, key: text, versionId }), (address) => {
      const written = formatCopySource(address);
      expect(written).toMatch(/^[!-~]+$/);
      expect(parseCopySource(written)).toEqual(address);
    }),
  );
});
