import { afterAll, beforeAll, expect, it } from "vitest";
import { keys, TestServer, type WireRequest } from "../testing-fixtures/test-server.ts";

const accountId = "111122223333";
const path = "/v20180820/configuration/publicAccessBlock";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  await server.close();
});

async function control(method: string, wire: Partial<WireRequest> = {}) {
  const { headers, ...rest } = wire;
  const all = { "x-amz-account-id": accountId, ...headers };
  return await server.send({ method, path, ...rest, headers: all });
}

function block(name: string): string {
  return (
    '<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">' +
    `<${name}>true</${name}></PublicAccessBlockConfiguration>`
  );
}

const publicRead = (bucket: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${bucket}/*`,
    },
  });

it("is put, told and taken away, also where the host names the account", async () => {
  expect(await control("GET")).toMatchObject({
    status: 404,
    code: "NoSuchPublicAccessBlockConfiguration",
    text: expect.stringContaining("<ErrorResponse><Error>"),
  });
  const host = `${accountId}.s3-control.localhost:${server.server.port}`;
  const put = await control("PUT", { body: block("BlockPublicPolicy"), headers: { host } });
  expect(put.status).toBe(200);
  const got = await control("GET", { headers: { host } });
  expect(got.text).toContain("<BlockPublicPolicy>true</BlockPublicPolicy>");
  expect(got.text).toContain("<RestrictPublicBuckets>false</RestrictPublicBuckets>");
  expect((await control("DELETE")).status).toBe(204);
  expect((await control("GET")).status).toBe(404);
});

it("keeps public policies from buckets whose own block is off, and strangers from public ones", async () => {
  await server.send({ method: "PUT", path: "/open" });
  await server.send({ method: "DELETE", path: "/open", query: "publicAccessBlock=" });
  await server.send({ method: "PUT", path: "/open/a", body: "x" });
  const putPolicy = async () =>
    await server.send({ method: "PUT", path: "/open", query: "policy=", body: publicRead("open") });
  const read = async () => (await server.send({ path: "/open/a", credentials: null })).status;

  await control("PUT", { body: block("BlockPublicPolicy") });
  expect(await putPolicy()).toMatchObject({ status: 403, code: "AccessDenied" });
  await control("DELETE");
  expect((await putPolicy()).status).toBe(204);
  expect(await read()).toBe(200);
  await control("PUT", { body: block("RestrictPublicBuckets") });
  expect(await read()).toBe(403);
  expect((await server.send({ path: "/open/a" })).status).toBe(200);
  await control("DELETE");
  expect(await read()).toBe(200);
});

it.each([
  ["another account", { headers: { "x-amz-account-id": "444455556666" } }, 403],
  ["a caller without a right", { credentials: keys.plain }, 403],
  ["nobody", { credentials: null }, 403],
  ["a path that is not built", { path: "/v20180820/jobs" }, 501],
  ["a body that is none", { body: "<x/>" }, 400],
  [
    "a body that was not signed",
    { body: block("BlockPublicPolicy"), payloadHash: "0".repeat(64) },
    400,
  ],
])("refuses a put for %s", async (_, wire, status) => {
  expect((await control("PUT", { body: block("BlockPublicAcls"), ...wire })).status).toBe(status);
});

it("a bucket named as the version of the interface is served as any other", async () => {
  await server.send({ method: "PUT", path: "/v20180820" });
  await server.send({ method: "PUT", path, body: "an object" });
  expect((await server.send({ path })).text).toBe("an object");
});

/** The methods that a user may who has this action alone. */
async function methodsWith(Action: string): Promise<string[]> {
  const policy = { Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } };
  const form = new URLSearchParams({
    Action: "PutUserPolicy",
    Version: "2010-05-08",
    UserName: "plain",
    PolicyName: "own",
    PolicyDocument: JSON.stringify(policy),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = form.toString();
  await server.send({ method: "POST", path: "/", service: "iam", headers, body });
  const passed: string[] = [];
  for (const method of ["GET", "PUT", "DELETE"]) {
    const wire = {
      credentials: keys.plain,
      body: method === "PUT" ? block("IgnorePublicAcls") : "",
    };
    if ((await control(method, wire)).status !== 403) passed.push(method);
  }
  return passed;
}

it("is judged by the action of what is done, and by no other", async () => {
  expect(await methodsWith("s3:GetAccountPublicAccessBlock")).toEqual(["GET"]);
  expect(await methodsWith("s3:PutAccountPublicAccessBlock")).toEqual(["PUT", "DELETE"]);
  // No action of AWS: taking a block away is putting one.
  expect(await methodsWith("s3:DeleteAccountPublicAccessBlock")).toEqual([]);
  expect(await methodsWith("s3:PutBucketPublicAccessBlock")).toEqual([]);
});
