import { expect, it } from "vitest";
import { maskAccessKey, maskHeaders, maskUrl } from "./mask-secrets.ts";

it("shows of headers what helps, and nothing that proves who asks", () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/us-east-1/s3/aws4_request, " +
    "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef";
  const headers = {
    authorization,
    "x-amz-security-token": "planted",
    "x-amz-server-side-encryption-customer-key": "planted",
    "x-amz-server-side-encryption-customer-key-MD5": "planted",
    "x-amz-copy-source-server-side-encryption-customer-key": "planted",
    cookie: "planted",
    "proxy-authorization": "planted",
    host: "bkt.s3.amazonaws.com",
  };
  const shown = maskHeaders(headers);
  expect(shown["authorization"]).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIA********/20261126/us-east-1/s3/aws4_request, " +
      "SignedHeaders=host;x-amz-date, Signature=********",
  );
  expect(shown["host"]).toBe("bkt.s3.amazonaws.com");
  expect(JSON.stringify(shown)).not.toMatch(/planted|IOSFODNN7|0123456789abcdef/);
});

it.each([
  "AWS AKIAIOSFODNN7EXAMPLE:planted",
  "Bearer planted",
  "AWS4-HMAC-SHA256 Signature=planted, Credential=planted",
])("hides an Authorization that it does not know: %s", (authorization) => {
  expect(maskHeaders({ Authorization: authorization })).toEqual({ Authorization: "********" });
});

it.each([
  [
    "https://h/b/k?X-Amz-Credential=AKIA%2Fx&X-Amz-Expires=9&X-Amz-Signature=1f&X-Amz-Security-Token=t",
    "https://h/b/k?X-Amz-Credential=********&X-Amz-Expires=9&X-Amz-Signature=********&" +
      "X-Amz-Security-Token=********",
  ],
  [
    "http://h/k?AWSAccessKeyId=A&Signature=s&Expires=1",
    "http://h/k?AWSAccessKeyId=********&Signature=********&Expires=1",
  ],
  ["http://user:planted@h:1/k?a=b", "http://********@h:1/k?a=b"],
  ["http://h/a@b?list-type=2", "http://h/a@b?list-type=2"],
])("hides in %s what proves", (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
});

it("shows the kind of an access key", () => {
  expect(maskAccessKey("ASIAIOSFODNN7EXAMPLE")).toBe("ASIA********");
  expect(maskAccessKey("test")).toBe("********");
});
