import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { s3Operations } from "../protocol/operation-table.ts";
import { findOperation } from "./operation-list.ts";
import type { OperationTraits } from "./operation-traits.ts";
import { keys, TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

/** What differs from the usual is a decision on security, so that it stands here as well. */
test.each<[Exclude<keyof OperationTraits, "conditionKeys">, readonly string[]]>([
  [
    "judgedBy",
    [
      "DeleteObjects: document",
      "PostObject: form",
      "PreflightBucket: nothing",
      "PreflightObject: nothing",
      "PutObjectTagging: tags",
    ],
  ],
  ["bucket", ["CreateBucket: new", "ListBuckets: none"]],
  [
    "ownerOnly",
    [
      "DeleteBucketPolicy: BUCKETPOLICY",
      "GetBucketPolicy: BUCKETPOLICY",
      "PutBucketPolicy: BUCKETPOLICY",
    ],
  ],
  [
    "tagsByHeader",
    ["CopyObject: true", "CreateMultipartUpload: true", "PostObject: true", "PutObject: true"],
  ],
  ["selectorMayBeUnsigned", ["ListObjectsV2: true"]],
])("%s is something else than usual for these only", (trait, expected) => {
  const unusual = s3Operations
    .map(({ name }) => findOperation(name))
    .filter((operation) => operation[trait] !== undefined)
    .map((operation) => `${operation.name}: ${String(operation[trait])}`);
  expect(unusual.sort()).toEqual(expected);
});

test.each([
  ["POST", "delete", "<Delete><Object><Key>a</Key></Object></Delete>"],
  ["PUT", "lifecycle", "<LifecycleConfiguration/>"],
])("a document that needs a digest is refused without: %s ?%s", async (method, query, body) => {
  const answer = await server.send({ method, path: "/bkt", query, body });
  expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
  expect(answer.text).toContain("Missing required header for this request: Content-MD5 OR");
});

describe("what S3 has and this server has not", () => {
  test("is judged as usual, and then not implemented", async () => {
    const wire = { path: "/bkt", query: "metadataTable" };
    expect(await server.send(wire)).toMatchObject({ status: 501, code: "NotImplemented" });
    const refused = await server.send({ ...wire, credentials: keys.plain });
    expect(refused).toMatchObject({ status: 403, code: "AccessDenied" });
    const missing = await server.send({ ...wire, path: "/none" });
    expect(missing).toMatchObject({ status: 404, code: "NoSuchBucket" });
  });
});
