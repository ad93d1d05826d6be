import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credentials } from "../../core/credentials.ts";
import { TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";
import { keepPrincipals, showPrincipals } from "./principal-ids.ts";

const account = "111122223333";
const roleArn = `arn:aws:iam::${account}:role/app/reader`;
const form = { "content-type": "application/x-www-form-urlencoded" };
let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/key", body: "text" });
});
afterAll(() => server.close());

function query(service: "iam" | "sts", fields: Record<string, string>): Promise<WireResponse> {
  const Version = service === "iam" ? "2010-05-08" : "2011-06-15";
  const body = new URLSearchParams({ ...fields, Version }).toString();
  return server.send({ method: "POST", path: "/", service, headers: form, body });
}

async function kms(operation: string, input: object): Promise<Record<string, unknown>> {
  const headers = { "x-amz-target": `TrentService.${operation}` };
  const body = JSON.stringify(input);
  const answer = await server.send({ method: "POST", path: "/", service: "kms", headers, body });
  return JSON.parse(answer.text) as Record<string, unknown>;
}

async function makeRole(): Promise<string> {
  const statement = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [statement],
  });
  const fields = { Action: "CreateRole", RoleName: "reader", Path: "/app/" };
  const made = await query("iam", { ...fields, AssumeRolePolicyDocument });
  return /<RoleId>(.*)<\/RoleId>/.exec(made.text)?.[1] ?? "";
}

async function assume(): Promise<Credentials> {
  const fields = { Action: "AssumeRole", RoleArn: roleArn, RoleSessionName: "ada" };
  const { text } = await query("sts", fields);
  const part = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1] ?? "";
  return {
    accessKeyId: part("AccessKeyId"),
    secretAccessKey: part("SecretAccessKey"),
    sessionToken: part("SessionToken"),
  };
}

function bucketPolicy(AWS: string): string {
  const Resource = "arn:aws:s3:::bkt/*";
  const statement = { Effect: "Allow", Principal: { AWS }, Action: "s3:GetObject", Resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

const wire = { path: "/bkt", query: "policy" };
const put = (body: string) => server.send({ ...wire, method: "PUT", body });
const shown = async () => (await server.send(wire)).text;
const read = async (credentials: Credentials) =>
  (await server.send({ path: "/bkt/key", credentials })).status;

test("policies name a role by its id: another one of its name is somebody else", async () => {
  const id = await makeRole();
  expect((await put(bucketPolicy(roleArn))).status).toBe(204);
  const { KeyMetadata } = await kms("CreateKey", {});
  const { KeyId } = KeyMetadata as { readonly KeyId: string };
  const grant = { KeyId, GranteePrincipal: roleArn, Operations: ["Encrypt"] };
  await kms("CreateGrant", grant);
  const grantee = async () => {
    const { Grants } = await kms("ListGrants", { KeyId });
    return (Grants as readonly { readonly GranteePrincipal: string }[])[0]?.GranteePrincipal;
  };
  expect(await shown()).toBe(bucketPolicy(roleArn));
  expect(await grantee()).toBe(roleArn);
  const first = await assume();
  expect(await read(first)).toBe(200);

  await query("iam", { Action: "DeleteRole", RoleName: "reader" });
  expect(await shown()).toBe(bucketPolicy(id));
  expect(await grantee()).toBe(id);
  expect(await read(first)).toBe(400);
  expect((await put(bucketPolicy(roleArn))).text).toContain("Invalid principal in policy");
  expect((await put(bucketPolicy(id))).text).toContain("Invalid principal in policy");

  const again = await makeRole();
  expect(again).not.toBe(id);
  expect(await read(await assume())).toBe(403);
  expect(await shown()).toBe(bucketPolicy(id));
  expect((await put(bucketPolicy(roleArn))).status).toBe(204);
  expect(await read(await assume())).toBe(200);
});

test("a key policy names nobody who is not there", async () => {
  const principal = { AWS: `arn:aws:iam::${account}:role/nobody` };
  const statement = { Effect: "Allow", Principal: principal, Action: "kms:*", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  expect(await kms("CreateKey", { Policy })).toEqual({
    __type: "MalformedPolicyDocumentException",
    message: "Policy contains a statement with one or more invalid principals.",
  });
});

const ids = new Map([["arn:aws:iam::1:role/a", "AROAAAAAAAAA"]]);
const principals = {
  principalExists: () => true,
  idOfPrincipal: (arn: string) => ids.get(arn),
  arnOfId: (id: string) => (id === "AROAAAAAAAAA" ? "arn:aws:iam::1:role/a" : undefined),
};

test.each([
  '{"Statement": {"Principal": "*", "Action": "arn:aws:iam::1:role/a"}}',
  '{"Statement": [{"Resource": "arn:aws:iam::1:role/a", "Principal": {"AWS": []}}]}',
  '{"Statement": [{"Principal": {"Federated": "arn:aws:iam::1:role/a"}}]}',
  "{",
])("nothing but principals is replaced: %s", (document) => {
  expect(keepPrincipals(principals, document)).toBe(document);
});

test("white space and spelling of all other parts stay", () => {
  const document =
    '{ "Statement":[ {"NotPrincipal":{"AWS":["arn:aws:iam::1:role\\/a" , "*"]}, "Sid":"\\u0061"} ] }';
  const kept =
    '{ "Statement":[ {"NotPrincipal":{"AWS":["AROAAAAAAAAA" , "*"]}, "Sid":"\\u0061"} ] }';
  expect(keepPrincipals(principals, document)).toBe(kept);
  expect(showPrincipals(principals, kept)).toBe(document.replace("\\/", "/"));
});
