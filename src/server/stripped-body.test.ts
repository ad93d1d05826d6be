import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: "x" });
});
afterAll(() => server.close());

const payloadHash = createHash("sha256").update("<a document/>").digest("hex");

test.each([
  ["PUT", "/new", ""],
  ["PUT", "/bkt/k", ""],
  ["PUT", "/bkt", "policy"],
  ["PUT", "/bkt", "acl"],
  ["PUT", "/bkt/k", "acl"],
  ["POST", "/bkt", "delete"],
  ["POST", "/bkt/k", "uploadId=u"],
  ["DELETE", "/bkt/k", ""],
  ["GET", "/bkt/k", ""],
  ["GET", "/", ""],
])("a signed body that did not come is missed: %s %s?%s", async (method, path, query) => {
  for (const headers of [{}, { "content-length": "0" }]) {
    const answer = await server.raw(
      [
        server.head({
          method,
          path,
          query,
          payloadHash,
          headers: { ...headers, connection: "close" },
        }),
      ],
      {},
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("<Code>XAmzContentSHA256Mismatch</Code>");
  }
  expect((await server.send({ method: "HEAD", path: "/new" })).status).toBe(404);
  expect((await server.send({ path: "/bkt/k" })).text).toBe("x");
});

test("so is one that was announced in chunks", async () => {
  const answer = await server.send({
    method: "PUT",
    path: "/new",
    headers: { "content-length": "0", "x-amz-decoded-content-length": "12" },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  });
  expect(answer).toMatchObject({ status: 400, code: "IncompleteBody" });
  expect((await server.send({ method: "HEAD", path: "/new" })).status).toBe(404);
});

test("a wrong signature is told first", async () => {
  const credentials = { accessKeyId: "AKIAADMIN00000000000", secretAccessKey: "x" };
  const answer = await server.send({ method: "PUT", path: "/new", payloadHash, credentials });
  expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
});
