import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import { describeDenial } from "../policy/explain-denial.ts";
import { keys, TestServer, type WireRequest } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/key", body: "text" });
});
afterAll(() => server.close());
beforeEach(() => {
  server.events.length = 0;
});

/** What the log says of one refused request, whose answer says nothing of it. */
async function logged(wire: WireRequest): Promise<string | undefined> {
  const answer = await server.send(wire);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  const event = server.events.find(({ kind }) => kind === "request");
  if (event?.kind !== "request") throw new Error("the request is not in the log");
  const text = event.denial && describeDenial(event.denial);
  expect(answer.text).not.toContain("nearest");
  return text;
}

async function putPolicy(statement: object): Promise<void> {
  const body = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const put = await server.send({ method: "PUT", path: "/bkt", query: "policy", body });
  expect(put.status).toBe(204);
  server.events.length = 0;
}

const mayRead = {
  Sid: "Read",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:user/plain" },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::bkt/*",
};
const credentials: Credentials = keys.plain;
const form = { "content-type": "application/x-www-form-urlencoded" };

test("the log names the statement that came nearest, and what it lacked", async () => {
  await putPolicy(mayRead);
  expect(await logged({ method: "PUT", path: "/bkt/new", body: "x", credentials })).toBe(
    "s3:PutObject on arn:aws:s3:::bkt/new: no identity-based policy allows it; nearest is the policy " +
      'of the resource, statement "Read": action: s3:PutObject is not among s3:GetObject',
  );
});

test("a missing key that may not be listed is told as that", async () => {
  await putPolicy(mayRead);
  expect(await logged({ path: "/bkt/missing", credentials })).toContain(
    "s3:ListBucket on arn:aws:s3:::bkt: no identity-based policy allows it",
  );
});

test("the log names the Deny and its condition", async () => {
  await putPolicy({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: "arn:aws:s3:::bkt/*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(await logged({ path: "/bkt/key" })).toBe(
    "s3:GetObject on arn:aws:s3:::bkt/key: denied by resource-based policy: the policy of the " +
      'resource, statement "TlsOnly"; Bool aws:SecureTransport [false]; the request has "false"',
  );
});

test("the other services tell the log as well", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = "Action=ListUsers&Version=2010-05-08";
  const call = { method: "POST", path: "/", credentials };
  expect(await logged({ ...call, service: "iam", headers, body })).toContain(
    "iam:ListUsers on arn:aws:iam::111122223333:user/: no identity-based policy allows it",
  );
  server.events.length = 0;
  const target = { "x-amz-target": "TrentService.ListKeys" };
  expect(await logged({ ...call, service: "kms", headers: target, body: "{}" })).toContain(
    "kms:ListKeys on *: no identity-based policy allows it",
  );
});

test("the log names users by their ARNs, whom policies keep by their ids", async () => {
  await putPolicy(mayRead);
  const session = await logged({ path: "/bkt/key", credentials: keys.stranger });
  expect(session).toContain(
    "arn:aws:iam::444455556666:user/stranger is not named by arn:aws:iam::111122223333:user/plain",
  );
});

test.each([
  [
    "kms",
    { "x-amz-target": "TrentService.ListKeys" },
    "{}",
    "kms:ListKeys",
    "AccessDeniedException",
  ],
  ["iam", form, "Action=ListUsers&Version=2010-05-08", "iam:ListUsers", "AccessDenied"],
  ["sts", form, "Action=AssumeRole&Version=2011-06-15", "sts:AssumeRole", "ValidationError"],
  [
    "cloudtrail",
    { "x-amz-target": "CloudTrail_20131101.ListTrails" },
    "{}",
    "cloudtrail:ListTrails",
    "AccessDeniedException",
  ],
])("a call of %s stands in the log with its name and the code of its error", async (...row) => {
  const [service, headers, body, operation, errorCode] = row;
  await server.send({ method: "POST", path: "/", service, headers, body, credentials });
  expect(server.events).toMatchObject([{ kind: "request", operation, errorCode }]);
});

test("so do calls of the portal, of S3 Control and of the analyzer, with why they were refused", async () => {
  const headers = { "x-amz-account-id": "111122223333" };
  const path = "/v20180820/configuration/publicAccessBlock";
  await server.send({ path, headers, credentials });
  const validation = { path: "/policy/validation", service: "access-analyzer" };
  await server.send({ method: "POST", ...validation, body: "{}", credentials });
  await server.send({
    path: "/assignment/accounts",
    headers: { "x-amz-sso_bearer_token": "x" },
    credentials: null,
  });
  const identity = { outcome: "implicitDeny", layer: "identity" };
  expect(server.events).toMatchObject([
    {
      operation: "s3control:GetAccountPublicAccessBlock",
      errorCode: "AccessDenied",
      denial: identity,
    },
    {
      operation: "access-analyzer:ValidatePolicy",
      errorCode: "AccessDeniedException",
      denial: identity,
    },
    { operation: "ListAccounts", errorCode: "UnauthorizedException" },
  ]);
});

test("a refusal that no policy is behind has no such reason", async () => {
  const wrong = { ...keys.admin, secretAccessKey: "wrong" };
  expect(await logged({ path: "/bkt/key", credentials: wrong })).toBeUndefined();
});
