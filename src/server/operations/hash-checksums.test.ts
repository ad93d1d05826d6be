import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";

// SHA512 and MD5, which S3 takes since 2026 (botocore 1.43, ChecksumAlgorithm).

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

const hashed = (name: string, bytes: string | Buffer) =>
  createHash(name).update(bytes).digest("base64");

describe.each(["SHA512", "MD5"])("%s", (algorithm) => {
  const name = algorithm.toLowerCase();
  const header = `x-amz-checksum-${name}`;
  const path = `/bkt/${name}`;

  test("is judged, kept, told of the object and listed", async () => {
    const value = hashed(name, "abc");
    const wrong = { [header]: hashed(name, "abd") };
    const refused = await server.send({ method: "PUT", path, body: "abc", headers: wrong });
    expect(refused).toMatchObject({ status: 400, code: "BadDigest" });
    expect(refused.text).toContain(`The ${algorithm} you specified did not match`);
    const short = { [header]: value.slice(4) };
    const malformed = await server.send({ method: "PUT", path, body: "abc", headers: short });
    expect(malformed).toMatchObject({ status: 400, code: "InvalidRequest" });
    const headers = { [header]: value };
    const put = await server.send({ method: "PUT", path, body: "abc", headers });
    expect(put).toMatchObject({ status: 200, headers: { [header]: value } });
    const asked = { "x-amz-checksum-mode": "ENABLED" };
    const read = await server.send({ path, headers: asked });
    const told = { [header]: value, "x-amz-checksum-type": "FULL_OBJECT" };
    expect(read).toMatchObject({ status: 200, headers: told });
    const wish = { "x-amz-object-attributes": "Checksum" };
    const attributes = await server.send({ path, query: "attributes", headers: wish });
    expect(attributes.text).toContain(`<Checksum${algorithm}>${value}</Checksum${algorithm}>`);
    const listed = await server.send({ path: "/bkt", query: `list-type=2&prefix=${name}` });
    expect(listed.text).toContain(`<ChecksumAlgorithm>${algorithm}</ChecksumAlgorithm>`);
  });

  test("is computed for a copy", async () => {
    await server.send({ method: "PUT", path, body: "abc" });
    const headers = { "x-amz-copy-source": path, "x-amz-checksum-algorithm": algorithm };
    const copied = await server.send({ method: "PUT", path: `${path}-copy`, headers });
    expect(copied.text).toContain(`<Checksum${algorithm}>${hashed(name, "abc")}<`);
  });

  test("of an upload is composite, and no other", async () => {
    const choice = { "x-amz-checksum-algorithm": algorithm };
    const begin = async (headers: Record<string, string>) =>
      await server.send({ method: "POST", path, query: "uploads", headers });
    const whole = await begin({ ...choice, "x-amz-checksum-type": "FULL_OBJECT" });
    expect(whole).toMatchObject({ status: 400, code: "InvalidRequest" });
    const begun = await begin(choice);
    expect(begun.headers["x-amz-checksum-type"]).toBe("COMPOSITE");
    const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(begun.text)?.[1] ?? "";
    const value = hashed(name, "abc");
    const part = await server.send({
      method: "PUT",
      path,
      query: `partNumber=1&uploadId=${uploadId}`,
      body: "abc",
      headers: { [header]: value },
    });
    const body =
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>" +
      `<ETag>${part.headers["etag"]}</ETag><Checksum${algorithm}>${value}</Checksum${algorithm}>` +
      "</Part></CompleteMultipartUpload>";
    const query = `uploadId=${uploadId}`;
    const done = await server.send({ method: "POST", path, query, body });
    const composite = `${hashed(name, Buffer.from(value, "base64"))}-1`;
    expect(done.text).toContain(`<Checksum${algorithm}>${composite}</Checksum${algorithm}>`);
    expect(done.text).toContain("<ChecksumType>COMPOSITE</ChecksumType>");
  });
});
