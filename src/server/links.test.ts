import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import { keys, TestServer, type WireResponse } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start({ sigV2Links: true });
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: "hello" });
});
afterAll(() => server.close());

interface Link {
  readonly method?: string;
  readonly path: string;
  /** Part of what is signed, as `?acl`. */
  readonly signed?: string;
  readonly unsigned?: string;
  readonly credentials?: Credentials;
  readonly expires?: number;
  readonly body?: string;
  /** Headers that are moved into the query, in the order of their names. */
  readonly amz?: Readonly<Record<string, string>>;
}

/** Follows a link of Signature Version 2, as boto3 makes them by default. */
function follow(link: Link): Promise<WireResponse> {
  const { method = "GET", path, body } = link;
  const credentials: Credentials = link.credentials ?? keys.admin;
  const expires = link.expires ?? Math.floor(Date.now() / 1000) + 60;
  const token = credentials.sessionToken;
  const tokenLine = token === undefined ? "" : `x-amz-security-token:${token}\n`;
  const amz = Object.entries(link.amz ?? {});
  const amzLines = amz.map(([name, value]) => `${name}:${value}\n`).join("");
  const text = `${method}\n\n\n${expires}\n${amzLines}${tokenLine}${path}${link.signed ?? ""}`;
  const signature = createHmac("sha1", credentials.secretAccessKey).update(text).digest("base64");
  const query = [
    ...(link.signed === undefined ? [] : [link.signed.slice(1)]),
    `AWSAccessKeyId=${credentials.accessKeyId}`,
    `Signature=${encodeURIComponent(signature)}`,
    `Expires=${expires}`,
    ...(token === undefined ? [] : [`x-amz-security-token=${token}`]),
    ...amz.map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
    ...(link.unsigned === undefined ? [] : [link.unsigned]),
  ];
  return server.send({
    method,
    path,
    query: query.join("&"),
    credentials: null,
    ...(body !== undefined && { body }),
  });
}

test("a link reads, writes and lists with the rights of who made it", async () => {
  expect((await follow({ path: "/bkt/k" })).text).toBe("hello");
  expect((await follow({ method: "PUT", path: "/bkt/new", body: "by link" })).status).toBe(200);
  expect((await server.send({ path: "/bkt/new" })).text).toBe("by link");
  const listing = await follow({ path: "/bkt", unsigned: "list-type=2&prefix=n" });
  expect(listing.text).toContain("<Key>new</Key>");
  expect((await follow({ path: "/bkt/k", credentials: keys.session })).text).toBe("hello");
  const plain = await follow({ path: "/bkt/k", credentials: keys.plain });
  expect(plain).toMatchObject({ status: 403, code: "AccessDenied" });
});

test("headers that its maker moved into it count", async () => {
  const amz = { "x-amz-meta-colour": "red", "x-amz-tagging": "team=a" };
  expect((await follow({ method: "PUT", path: "/bkt/moved", body: "x", amz })).status).toBe(200);
  const head = await server.send({ method: "HEAD", path: "/bkt/moved" });
  expect(head.headers).toMatchObject({ "x-amz-meta-colour": "red" });
  const tags = await server.send({ path: "/bkt/moved", query: "tagging" });
  expect(tags.text).toContain("<Key>team</Key><Value>a</Value>");
});

test("a policy can tell it from signatures of version 4", async () => {
  await server.send({ method: "PUT", path: "/strict" });
  await server.send({ method: "PUT", path: "/strict/k", body: "x" });
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::strict/*",
    Condition: { StringEquals: { "s3:signatureversion": "AWS" } },
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await server.send({ method: "PUT", path: "/strict", query: "policy=", body: policy });
  expect((await server.send({ path: "/strict/k" })).status).toBe(200);
  expect((await follow({ path: "/strict/k" })).status).toBe(403);
});

test.each([
  ["expired", { expires: 1_700_000_000 }, 403, "AccessDenied"],
  [
    "of an unknown key",
    { credentials: { accessKeyId: "AKIANO", secretAccessKey: "x" } },
    403,
    "InvalidAccessKeyId",
  ],
  ["of a session that is over", { credentials: keys.expired }, 400, "ExpiredToken"],
  [
    "with a wrong secret",
    { credentials: { ...keys.admin, secretAccessKey: "x" } },
    403,
    "SignatureDoesNotMatch",
  ],
  [
    "with a session's key alone",
    {
      credentials: {
        accessKeyId: keys.session.accessKeyId,
        secretAccessKey: keys.session.secretAccessKey,
      },
    },
    403,
    "InvalidAccessKeyId",
  ],
])("a link %s is refused", async (_, link, status, code) => {
  expect(await follow({ path: "/bkt/k", ...link })).toMatchObject({ status, code });
});

test("its holder cannot turn it into an operation that the signature does not cover", async () => {
  const encryption = await follow({ path: "/bkt", unsigned: "encryption" });
  expect(encryption).toMatchObject({ status: 400, code: "InvalidRequest" });
  expect(encryption.text).toContain("Please use AWS4-HMAC-SHA256.");
  expect((await follow({ path: "/bkt/k", unsigned: "tagging" })).code).toBe(
    "SignatureDoesNotMatch",
  );
  expect((await follow({ path: "/bkt/k", signed: "?tagging" })).status).toBe(200);
});

test("buckets in regions that never took such signatures refuse them", async () => {
  await server.server.engine.createBucket({
    name: "frankfurt",
    region: "eu-central-1",
    ownerAccountId: "111122223333",
  });
  const answer = await follow({ path: "/frankfurt" });
  expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
});

test("a link may not be good for more than a week", async () => {
  const week = 7 * 86_400;
  const now = Math.floor(Date.now() / 1000);
  expect((await follow({ path: "/bkt/k", expires: now + week })).status).toBe(200);
  const later = await follow({ path: "/bkt/k", expires: now + week + 1000 });
  expect(later).toMatchObject({ status: 403, code: "AccessDenied" });
  expect(later.text).toContain("less than a week");
});

test("without the switch no link of Signature Version 2 is taken", async () => {
  const usual = await TestServer.start();
  await usual.send({ method: "PUT", path: "/bkt" });
  const query = `AWSAccessKeyId=${keys.admin.accessKeyId}&Signature=x&Expires=99999999999`;
  const refused = await usual.send({ path: "/bkt/k", query, credentials: null });
  expect(refused).toMatchObject({ status: 400, code: "InvalidRequest" });
  expect(refused.text).toContain("Please use AWS4-HMAC-SHA256.");
  await usual.close();
});

test("a link without a bucket goes by the server's region", async () => {
  const late = await TestServer.start({ region: "eu-central-1", sigV2Links: true });
  const expires = Math.floor(Date.now() / 1000) + 60;
  const text = `GET\n\n\n${expires}\n/`;
  const secret = keys.admin.secretAccessKey;
  const signature = createHmac("sha1", secret).update(text).digest("base64");
  const query =
    `AWSAccessKeyId=${keys.admin.accessKeyId}&Signature=${encodeURIComponent(signature)}` +
    `&Expires=${expires}`;
  const listed = await server.send({ path: "/", query, credentials: null });
  expect(listed.status).toBe(200);
  const refused = await late.send({ path: "/", query, credentials: null });
  expect(refused).toMatchObject({ status: 400, code: "InvalidRequest" });
  await late.close();
});
