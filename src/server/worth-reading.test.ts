import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keys, TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/open" });
  await server.send({ method: "DELETE", path: "/open", query: "publicAccessBlock" });
  const body = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::open/*",
      },
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:user/plain" },
        Action: "s3:DeleteObject",
        Resource: "arn:aws:s3:::open/own/*",
      },
    ],
  });
  await server.send({ method: "PUT", path: "/open", query: "policy", body });
});
afterAll(() => server.close());

/** The head alone: whoever waits for the body never answers. */
async function refusalOfHead(path: string, query: string, credentials: typeof keys.plain | null) {
  const wire = {
    method: query === "delete" ? "POST" : "PUT",
    path,
    query,
    credentials,
    headers: { "content-length": "100000", "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" },
    payloadHash: "UNSIGNED-PAYLOAD",
  };
  return server.raw([server.head(wire)], { until: /<\/Error>/ });
}

test.each([
  ["DeleteObjects, no policy", "/bkt", "delete", keys.plain],
  ["DeleteObjects, where only reading is public", "/open", "delete", null],
  ["DeleteObjects, by another account", "/open", "delete", keys.stranger],
  ["PutBucketPolicy", "/bkt", "policy", keys.plain],
  ["PutBucketLifecycleConfiguration", "/bkt", "lifecycle", keys.plain],
  ["PutBucketTagging", "/bkt", "tagging", null],
  ["PutObjectTagging", "/bkt/k", "tagging", keys.plain],
  ["CreateBucket", "/new-bucket", "", null],
] as const)("%s: refused before a byte of the body has come", async (_, path, query, who) => {
  expect(await refusalOfHead(path, query, who)).toContain("<Code>AccessDenied</Code>");
});

test.each([
  ["/bkt", keys.plain],
  ["/open", keys.stranger],
] as const)("a small DeleteObjects in %s is refused key by key, as S3 does", async (path, who) => {
  const body = "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
  const answer = await server.send({
    method: "POST",
    path,
    query: "delete",
    credentials: who,
    headers: { "content-md5": createHash("md5").update(body).digest("base64") },
    body,
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/<Error><Key>a<\/Key><Code>AccessDenied<.*<Key>b<\/Key>/s);
  expect(answer.text).not.toContain("<Deleted>");
});

test("who may delete some keys is asked which", async () => {
  const [own, other] = ["own/a", "b"].map((key) => `<Object><Key>${key}</Key></Object>`);
  const body = `<Delete>${own}${other}</Delete>`;
  const answer = await server.send({
    method: "POST",
    path: "/open",
    query: "delete",
    credentials: keys.plain,
    headers: { "content-md5": createHash("md5").update(body).digest("base64") },
    body,
  });
  expect(answer.text).toMatch(/<Deleted><Key>own\/a<\/Key>.*<Error><Key>b<\/Key>/s);
});

test.each([
  ["PutBucketVersioning", "PUT", "/bkt", "versioning", 64 * 1024],
  ["DeleteObjects", "POST", "/bkt", "delete", 8 * 1024 * 1024],
] as const)(
  "%s: a document beyond its bound is not read",
  async (_, method, path, query, bound) => {
    const wire = {
      method,
      path,
      query,
      headers: { "content-length": String(bound + 1), "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" },
      payloadHash: "UNSIGNED-PAYLOAD",
    };
    const answer = await server.raw([server.head(wire)], { until: /<\/Error>/ });
    expect(answer).toContain("<Code>MaxMessageLengthExceeded</Code>");
    expect(answer).toContain(`<MaxMessageLengthBytes>${bound}</MaxMessageLengthBytes>`);
  },
);
