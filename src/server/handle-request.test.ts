import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keys, TestServer, type WireResponse } from "./testing-fixtures/test-server.ts";

let server: TestServer;
const closed = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: "x" });
});
afterAll(() => server.close());

async function setPolicy(
  statements: readonly Readonly<Record<string, unknown>>[],
  publicAccessBlock = closed,
): Promise<void> {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Resource: "arn:aws:s3:::bkt/*", ...statement })),
  });
  await server.server.engine.updateBucketSettings("bkt", (settings) => ({
    ...settings,
    policy,
    publicAccessBlock,
  }));
}

function get(credentials: Parameters<TestServer["send"]>[0]["credentials"]): Promise<WireResponse> {
  return server.send({ path: "/bkt/k", ...(credentials !== undefined && { credentials }) });
}

describe("who asks", () => {
  test.each<[string, Parameters<TestServer["send"]>[0]["credentials"], number, string]>([
    [
      "an unknown key",
      { accessKeyId: "AKIANOBODY", secretAccessKey: "x" },
      403,
      "InvalidAccessKeyId",
    ],
    ["a wrong secret", { ...keys.admin, secretAccessKey: "x" }, 403, "SignatureDoesNotMatch"],
    ["a wrong token", { ...keys.session, sessionToken: "x" }, 400, "InvalidToken"],
    ["a token too many", { ...keys.admin, sessionToken: "x" }, 400, "InvalidToken"],
    ["an expired session", keys.expired, 400, "ExpiredToken"],
    [
      "a session without its token",
      { accessKeyId: keys.session.accessKeyId, secretAccessKey: keys.session.secretAccessKey },
      403,
      "InvalidAccessKeyId",
    ],
  ])("%s", async (_, credentials, status, code) => {
    const answer = await get(credentials);
    expect(answer).toMatchObject({ status, code });
  });

  test("a session with its token, in the header and in a link", async () => {
    expect((await get(keys.session)).status).toBe(200);
    const query = server.presign({ path: "/bkt/k", credentials: keys.session });
    expect(await server.send({ path: "/bkt/k", query, credentials: null })).toMatchObject({
      status: 200,
      text: "x",
    });
  });

  test("a clock that is off by more than 15 minutes", async () => {
    const now = new Date(Date.now() - 16 * 60_000);
    expect(await server.send({ path: "/bkt/k", now })).toMatchObject({
      status: 403,
      code: "RequestTimeTooSkewed",
    });
  });

  test("a link that has ended, was changed or is good for another method", async () => {
    const now = new Date(Date.now() - 120_000);
    const old = server.presign({ path: "/bkt/k", now, expiresInSeconds: 60 });
    const ended = await server.send({ path: "/bkt/k", query: old, credentials: null });
    expect(ended).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(ended.text).toContain("Request has expired");
    const query = server.presign({ path: "/bkt/k" });
    const changed = `response-content-type=text%2Fhtml&${query}`;
    expect(await server.send({ path: "/bkt/k", query: changed, credentials: null })).toMatchObject({
      code: "SignatureDoesNotMatch",
    });
    const request = { method: "DELETE", path: "/bkt/k", query, credentials: null };
    expect(await server.send(request)).toMatchObject({ code: "SignatureDoesNotMatch" });
  });

  test("a link to put carries its headers in the query", async () => {
    const query = server.presign({
      method: "PUT",
      path: "/bkt/linked",
      query: "x-amz-meta-from=link",
    });
    const put = { method: "PUT", path: "/bkt/linked", query, body: "y", credentials: null };
    expect((await server.send(put)).status).toBe(200);
    const read = await server.send({ path: "/bkt/linked" });
    expect(read).toMatchObject({ text: "y", headers: { "x-amz-meta-from": "link" } });
  });
});

describe("what they may", () => {
  test("by themselves: the owner's administrators all, others nothing", async () => {
    expect((await get(keys.admin)).status).toBe(200);
    for (const credentials of [keys.stranger, null]) {
      const answer = await get(credentials);
      expect(answer).toMatchObject({ status: 403, code: "AccessDenied" });
      expect(answer.text).toContain("<Message>Access Denied</Message>");
    }
    const answer = await get(keys.plain);
    expect(answer).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(answer.text).toContain(
      "User: arn:aws:iam::111122223333:user/plain is not authorized to perform: s3:GetObject on " +
        "resource: &quot;arn:aws:s3:::bkt/k&quot; because no identity-based policy allows the " +
        "s3:GetObject action",
    );
  });

  test("a missing key is a secret to those who may not list", async () => {
    const Principal = { AWS: "arn:aws:iam::111122223333:user/plain" };
    await setPolicy([{ Effect: "Allow", Principal, Action: "s3:GetObject" }]);
    expect((await get(keys.plain)).status).toBe(200);
    const wire = { path: "/bkt/missing", credentials: keys.plain };
    expect(await server.send(wire)).toMatchObject({ status: 403, code: "AccessDenied" });
    await setPolicy([
      { Effect: "Allow", Principal, Action: "s3:GetObject" },
      { Effect: "Allow", Principal, Action: "s3:ListBucket", Resource: "arn:aws:s3:::bkt" },
    ]);
    expect(await server.send(wire)).toMatchObject({ status: 404, code: "NoSuchKey" });
  });

  test("a Deny beats the administrator, and says where it comes from", async () => {
    await setPolicy([{ Sid: "No", Effect: "Deny", Principal: "*", Action: "s3:GetObject" }]);
    const answer = await get(keys.admin);
    expect(answer).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(answer.text).toContain("with an explicit deny in a resource-based policy");
  });

  test("a public policy serves strangers only when the access block lets it", async () => {
    const everyone = [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject" }];
    await setPolicy(everyone);
    expect((await get(null)).status).toBe(403);
    expect((await get(keys.stranger)).status).toBe(403);
    await setPolicy(everyone, { ...closed, RestrictPublicBuckets: false });
    expect((await get(null)).status).toBe(200);
    expect((await get(keys.stranger)).status).toBe(200);
  });

  test("nobody's batch of deletes is read only where everybody may do something", async () => {
    const body = "<Delete><Object><Key>none</Key></Object></Delete>";
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const wire = { method: "POST", path: "/bkt", query: "delete", body, headers };
    const Principal = { AWS: "arn:aws:iam::111122223333:user/plain" };
    await setPolicy([{ Effect: "Allow", Principal, Action: "s3:DeleteObject" }]);
    const refused = await server.send({ ...wire, credentials: null });
    expect(refused).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(refused.text).not.toContain("<DeleteResult");
    const everybody = { Effect: "Allow", Principal: "*", Action: "s3:DeleteObject" };
    await setPolicy([everybody], { ...closed, RestrictPublicBuckets: false });
    const allowed = await server.send({ ...wire, credentials: null });
    expect(allowed.text).toContain("<Deleted><Key>none</Key></Deleted>");
  });

  test.each([
    ["another account", keys.stranger],
    ["nobody", null],
  ])("the policy stays with the owner, whatever it gives to %s", async (_, credentials) => {
    const policy = { Effect: "Allow", Principal: "*", Action: "s3:*" };
    const Resource = ["arn:aws:s3:::bkt", "arn:aws:s3:::bkt/*"];
    await setPolicy([{ ...policy, Resource }], { ...closed, RestrictPublicBuckets: false });
    const wire = { path: "/bkt", query: "policy", credentials };
    for (const method of ["GET", "DELETE", "PUT"]) {
      const answer = await server.send({
        ...wire,
        method,
        ...(method === "PUT" && { body: "{}" }),
      });
      expect(answer).toMatchObject({ status: 405, code: "MethodNotAllowed" });
    }
    expect((await server.send({ ...wire, credentials: keys.admin })).status).toBe(200);
  });

  test("conditions see the request: prefix, address, tags", async () => {
    const Principal = { AWS: "arn:aws:iam::111122223333:user/plain" };
    await setPolicy([
      {
        Effect: "Allow",
        Principal,
        Action: "s3:GetObject",
        Condition: {
          StringEquals: { "s3:ExistingObjectTag/open": "yes" },
          IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
          Bool: { "aws:SecureTransport": "false" },
        },
      },
    ]);
    expect((await get(keys.plain)).status).toBe(403);
    const headers = { "x-amz-tagging": "open=yes" };
    await server.send({ method: "PUT", path: "/bkt/open", body: "o", headers });
    const open = await server.send({ path: "/bkt/open", credentials: keys.plain });
    expect(open.status).toBe(200);
  });
});

describe("regions", () => {
  beforeAll(async () => {
    await server.server.engine.createBucket({
      name: "west",
      region: "us-west-2",
      ownerAccountId: "111122223333",
    });
    await server.send({ method: "PUT", path: "/west/k", body: "w" });
  });

  test("the bucket's region and the server's own are both right", async () => {
    for (const region of ["us-west-2", "us-east-1"]) {
      expect((await server.send({ path: "/west/k", region })).status).toBe(200);
    }
  });

  test("any other is told the right one", async () => {
    const answer = await server.send({ path: "/west/k", region: "eu-west-1" });
    expect(answer).toMatchObject({ status: 400, code: "AuthorizationHeaderMalformed" });
    expect(answer.text).toContain("<Region>us-west-2</Region>");
    const head = await server.send({ method: "HEAD", path: "/west", region: "eu-west-1" });
    expect(head.status).toBe(400);
    expect(head.headers["x-amz-bucket-region"]).toBe("us-west-2");
    const denied = await server.send({ method: "HEAD", path: "/west", credentials: null });
    expect(denied.status).toBe(403);
    expect(denied.headers["x-amz-bucket-region"]).toBe("us-west-2");
  });
});

test("the name of another's bucket is taken, not forbidden", async () => {
  const wire = { method: "PUT", path: "/bkt", credentials: keys.stranger };
  expect(await server.send(wire)).toMatchObject({ status: 409, code: "BucketAlreadyExists" });
});

describe("what is no operation", () => {
  test.each<[string, string, string, number, string]>([
    ["PATCH", "/bkt/k", "", 405, "MethodNotAllowed"],
    ["POST", "/bkt/k", "", 405, "MethodNotAllowed"],
    ["DELETE", "/bkt", "uploads", 405, "MethodNotAllowed"],
    ["GET", "/bkt/k", "torrent", 501, "NotImplemented"],
    ["PUT", "/bkt", "replication", 501, "NotImplemented"],
    ["GET", "//k", "", 400, "InvalidBucketName"],
  ])("%s %s?%s", async (method, path, query, status, code) => {
    expect(await server.send({ method, path, query })).toMatchObject({ status, code });
  });

  test("a path that cannot be decoded", async () => {
    const answer = await server.send({ path: "/bkt/%zz", credentials: null });
    expect(answer).toMatchObject({ status: 400, code: "InvalidURI" });
  });
});

describe("other services on the port", () => {
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const wire = {
    method: "POST",
    path: "/",
    body,
    headers: { "content-type": "application/x-www-form-urlencoded" },
  };

  test("STS by the credential scope", async () => {
    const answer = await server.send({ ...wire, service: "sts" });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<Arn>arn:aws:iam::111122223333:user/admin</Arn>");
  });

  test("unsigned forms are STS's too, and it wants a signature", async () => {
    const answer = await server.send({ ...wire, credentials: null });
    expect(answer).toMatchObject({ status: 403, code: "MissingAuthenticationToken" });
  });

  test.each([
    ["nobody", "", "MissingAuthenticationToken"],
    [
      "an unknown key",
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIANONE/20260101/us-east-1/sts/aws4_request, " +
        "SignedHeaders=host, Signature=x\r\nX-Amz-Date: 20260101T000000Z\r\n",
      "InvalidClientTokenId",
    ],
  ])("the form of %s is not waited for", async (_, authorization, code) => {
    const head =
      `POST / HTTP/1.1\r\nHost: x\r\n${authorization}Content-Length: 20\r\n` +
      "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    const answer = await server.raw([head], { until: /<\/ErrorResponse>/ });
    expect(answer).toContain(`<Code>${code}</Code>`);
  });

  test("a wrong secret is answered in STS's form", async () => {
    const credentials = { ...keys.admin, secretAccessKey: "x" };
    const answer = await server.send({ ...wire, service: "sts", credentials });
    expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(answer.text).toContain("<ErrorResponse");
  });

  test("a service that is not here", async () => {
    const answer = await server.send({ ...wire, service: "dynamodb" });
    expect(answer).toMatchObject({ status: 400, code: "AuthorizationHeaderMalformed" });
  });
});

test("bucket.localhost addresses a bucket by its host", async () => {
  const headers = { host: `bkt.localhost:${server.server.port}` };
  const put = await server.send({ method: "PUT", path: "/hosted", body: "h", headers });
  expect(put.status).toBe(200);
  expect((await server.send({ path: "/bkt/hosted" })).text).toBe("h");
});

test("a fault of the store is 500 with an id, and the log has its cause", async () => {
  const { engine } = server.server;
  const fault = new Error("the disk is on fire");
  const getObject = engine.getObject.bind(engine);
  engine.getObject = () => {
    throw fault;
  };
  const answer = await server.send({ path: "/bkt/k", credentials: keys.session });
  engine.getObject = getObject;
  expect(answer).toMatchObject({ status: 500, code: "InternalError" });
  expect(answer.text).not.toContain("fire");
  expect(server.events).toContainEqual({
    kind: "failure",
    requestId: answer.headers["x-amz-request-id"],
    error: fault,
  });
});

test("the log tells answers that were taken from those that were cut off", async () => {
  await server.send({ method: "PUT", path: "/bkt/large", body: Buffer.alloc(32 << 20, "x") });
  const aborted = () =>
    server.events.flatMap((event) =>
      event.kind === "request" && event.key === "large" && event.method === "GET"
        ? [event.aborted]
        : [],
    );
  await server.send({ path: "/bkt/large", headers: { connection: "close" } });
  await expect.poll(aborted).toEqual([false]);
  await server.raw([server.head({ path: "/bkt/large" })], { until: /x{1000}/ });
  await expect.poll(aborted).toEqual([false, true]);
});
