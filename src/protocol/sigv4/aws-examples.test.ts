import { describe, expect, it } from "vitest";
import { presignRequest } from "./presign.ts";
import { signRequest } from "./sign.ts";
import { collectHeaders } from "./received-request.ts";
import { readSignatureClaim, verifySignature } from "./verify.ts";

/** Source: S3 API reference, "Authenticating Requests (AWS Signature Version 4)", all examples. */
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const now = new Date("2013-05-24T00:00:00Z");
const place = { credentials, region: "us-east-1", service: "s3", now };
const host = "examplebucket.s3.amazonaws.com";
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const headerExamples = [
  {
    title: "GET object with a range",
    request: {
      method: "GET",
      rawPath: "/test.txt",
      rawQuery: "",
      headers: { host, range: "bytes=0-9" },
    },
    payloadHash: emptyHash,
    signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    title: "PUT object with a storage class",
    request: {
      method: "PUT",
      rawPath: "/test$file.text",
      rawQuery: "",
      headers: {
        host,
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
    },
    payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    title: "GET bucket lifecycle",
    request: { method: "GET", rawPath: "/", rawQuery: "lifecycle", headers: { host } },
    payloadHash: emptyHash,
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    title: "GET bucket, list objects",
    request: { method: "GET", rawPath: "/", rawQuery: "max-keys=2&prefix=J", headers: { host } },
    payloadHash: emptyHash,
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
  {
    title: "seed of a chunked upload",
    request: {
      method: "PUT",
      rawPath: "/examplebucket/chunkObject.txt",
      rawQuery: "",
      headers: {
        host: "s3.amazonaws.com",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "66560",
        "content-length": "66824",
      },
    },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    signedHeaders:
      "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;" +
      "x-amz-decoded-content-length;x-amz-storage-class",
    signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  },
];

describe.each(headerExamples)("AWS's example: $title", (example) => {
  const { request, payloadHash } = example;
  const added = signRequest(request, { ...place, payloadHash });

  it("is signed as published", () => {
    expect(added).toEqual({
      "x-amz-content-sha256": payloadHash,
      "x-amz-date": "20130524T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
        `SignedHeaders=${example.signedHeaders}, Signature=${example.signature}`,
    });
  });

  it("is verified from raw headers", () => {
    const received = {
      ...request,
      headers: collectHeaders(Object.entries({ ...request.headers, ...added }).flat()),
    };
    const claim = readSignatureClaim(received);
    expect(claim).toBeDefined();
    if (claim === undefined) return;
    const verified = verifySignature(received, claim, credentials.secretAccessKey, now);
    expect(verified.seedSignature).toBe(example.signature);
    expect(verified.scope).toBe("20130524/us-east-1/s3/aws4_request");
  });
});

describe("AWS's example: presigned GET", () => {
  const request = { method: "GET", rawPath: "/test.txt", rawQuery: "", headers: { host } };
  const query = presignRequest(request, { ...place, expiresInSeconds: 86_400 });

  it("is signed as published", () => {
    expect(query).toBe(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256" +
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    );
  });

  it("is verified a day later, not a second more", () => {
    const received = { ...request, rawQuery: query, headers: collectHeaders(["Host", host]) };
    const claim = readSignatureClaim(received);
    if (claim === undefined) throw new Error("no claim");
    const secret = credentials.secretAccessKey;
    expect(() =>
      verifySignature(received, claim, secret, new Date("2013-05-25T00:00:00Z")),
    ).not.toThrow();
    expect(() =>
      verifySignature(received, claim, secret, new Date("2013-05-25T00:00:01Z")),
    ).toThrow("Request has expired");
  });
});
