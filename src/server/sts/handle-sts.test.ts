import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { noLayers } from "../../policy/access-layers.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { child, childText, parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { IamDirectory } from "../iam/iam-directory.ts";
import { handleSts } from "./handle-sts.ts";
import { SessionTokens } from "./session-tokens.ts";
import { renderStsError } from "./sts-error.ts";

let engine: Engine;
let directory: IamDirectory;
beforeAll(async () => {
  engine = await openEngine({ durability: "memory" });
  directory = new IamDirectory(engine, randomBytes);
});
afterAll(() => engine.close());

const caller: AuthenticatedCaller = {
  kind: "assumed-role",
  accountId: "123456789012",
  arn: "arn:aws:sts::123456789012:assumed-role/Role/me",
  principalArn: "arn:aws:iam::123456789012:role/Role",
  userId: "AROAAAAAAAAAAAAAAAAAA:me",
  accessKeyId: "ASIAAAAAAAAAAAAAAAAA",
  layers: noLayers,
};

function call(form: string, as: Caller = caller): S3Response {
  return handleSts({
    body: Buffer.from(form),
    caller: as,
    requestId: "r-1",
    identities: directory,
    tokens: new SessionTokens(engine.secrets),
    randomBytes,
    now: new Date(),
    lookup: () => undefined,
  });
}

function errorOf(response: S3Response): XmlElement | undefined {
  return child(parseXml(bodyText(response), { root: "ErrorResponse" }), "Error");
}

function bodyText({ body }: S3Response): string {
  return typeof body === "string" ? body : "";
}

test("GetCallerIdentity answers in STS's namespace, without any permission", () => {
  const response = call("Action=GetCallerIdentity&Version=2011-06-15");
  expect(response.status).toBe(200);
  expect(response.headers).toMatchObject({ "content-type": "text/xml", "x-amzn-requestid": "r-1" });
  expect(response.body).toContain('xmlns="https://sts.amazonaws.com/doc/2011-06-15/"');
  const root = parseXml(bodyText(response), { root: "GetCallerIdentityResponse" });
  const result = child(root, "GetCallerIdentityResult");
  expect(result && childText(result, "Arn")).toBe(caller.arn);
  expect(result && childText(result, "UserId")).toBe(caller.userId);
  expect(result && childText(result, "Account")).toBe(caller.accountId);
});

test.each([
  ["Action=AssumeRoleWithSAML&Version=2011-06-15", "InvalidAction"],
  ["Action=GetCallerIdentity&Version=2010-01-01", "InvalidAction"],
  ["Version=2011-06-15", "MissingAction"],
  ["", "MissingAction"],
  ["Action=%zz", "InvalidURI"],
])("the form %j is refused in STS's own error form", (form, code) => {
  const response = call(form);
  expect(response.status).toBe(400);
  const error = errorOf(response);
  expect(error && childText(error, "Code")).toBe(code);
  expect(error && childText(error, "Type")).toBe("Sender");
});

test("nobody is told who they are without a signature", () => {
  const response = call("Action=GetCallerIdentity&Version=2011-06-15", { kind: "anonymous" });
  expect(response.status).toBe(403);
  expect(response.body).toContain("<Code>MissingAuthenticationToken</Code>");
});

test.each([
  ["InvalidAccessKeyId", "InvalidClientTokenId", 403],
  ["InvalidToken", "InvalidClientTokenId", 403],
  ["ExpiredToken", "ExpiredToken", 403],
  ["SignatureDoesNotMatch", "SignatureDoesNotMatch", 403],
  ["RequestTimeTooSkewed", "SignatureDoesNotMatch", 403],
  ["AccessDenied", "AccessDenied", 403],
  ["SlowDown", "SlowDown", 503],
] as const)("S3's %s is STS's %s", (s3Code, code, status) => {
  const response = renderStsError(new S3Error(s3Code, { extra: { StringToSign: "x" } }), "r-1");
  expect(response.status).toBe(status);
  const error = errorOf(response);
  expect(error?.children.map(({ name }) => name)).toEqual(["Type", "Code", "Message"]);
  expect(error && childText(error, "Code")).toBe(code);
});

test("an unforeseen error tells nothing of the inside", () => {
  const response = renderStsError(new Error("secret detail"), "r-1");
  expect(response.status).toBe(500);
  expect(response.body).not.toContain("secret");
});
