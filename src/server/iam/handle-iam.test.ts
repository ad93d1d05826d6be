import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { noLayers } from "../../policy/access-layers.ts";
import { child, childText, parseXml } from "../../protocol/xml/parse.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import { createIdentitiesFile } from "../identities/create-identities.ts";
import type { S3Response } from "../operation.ts";
import { directoryOf } from "../testing-fixtures/open-directory.ts";
import { applyDeclaration } from "./apply-declaration.ts";
import type { IamDirectory } from "./iam-directory.ts";
import { handleIam } from "./handle-iam.ts";
import { iamTables, nameKey } from "./iam-records.ts";

const now = new Date("2026-11-24T10:00:00Z");
let draw = 0;
const file = createIdentitiesFile(
  (count) => createHash("shake256", { outputLength: count }).update(`${draw++}`).digest(),
  now,
);
let identities: IamDirectory;
const account = file.accounts[0]!;
const role = account.roles[0]!;
let caller: AuthenticatedCaller;

beforeEach(async () => {
  identities = await directoryOf(file, { partition: "aws-us-gov" });
  caller = identities.findByAccessKey(role.sessions[0]!.accessKeyId, now)!.caller;
});

function call(form: string, as: Caller = caller): Promise<S3Response> {
  const body = Buffer.from(`${form}&Version=2010-05-08`);
  return handleIam({
    body,
    caller: as,
    requestId: "r-1",
    directory: identities,
    now,
    lookup: () => undefined,
  });
}

function getRole(roleName: string, as: Caller = caller): Promise<S3Response> {
  return call(`Action=GetRole&RoleName=${roleName}`, as);
}

function bodyText({ body }: S3Response): string {
  return typeof body === "string" ? body : "";
}

test("GetRole gives the path that a session's ARN lacks", async () => {
  const response = await getRole(role.name);
  expect(response.status).toBe(200);
  const result = child(parseXml(bodyText(response)), "GetRoleResult");
  const answered = result && child(result, "Role");
  expect(answered && childText(answered, "Arn")).toBe(
    `arn:aws-us-gov:iam::${account.id}:role/aws-reserved/sso.amazonaws.com/${role.name}`,
  );
  expect(answered && childText(answered, "RoleId")).toBe(caller.userId.split(":")[0]);
  expect(answered && childText(answered, "CreateDate")).toBe("2026-11-24T10:00:00Z");
  const trust = answered && childText(answered, "AssumeRolePolicyDocument");
  expect(JSON.parse(decodeURIComponent(trust ?? ""))).toHaveProperty("Statement");
});

test.each([
  ["an unknown role", "Nobody", {}, 404, "NoSuchEntity"],
  ["a role's name in other letters", role.name.toLowerCase(), {}, 404, "NoSuchEntity"],
  ["another account's role", role.name, { accountId: "999999999999" }, 404, "NoSuchEntity"],
  ["a caller without permission", role.name, { layers: noLayers }, 403, "AccessDenied"],
  ["no signature", role.name, undefined, 403, "MissingAuthenticationToken"],
  ["a malformed name", "a/b", {}, 400, "ValidationError"],
] as const)("%s is refused", async (_, roleName, other, status, code) => {
  const as: Caller = other === undefined ? { kind: "anonymous" } : { ...caller, ...other };
  const response = await getRole(roleName, as);
  expect(response.status).toBe(status);
  expect(response.body).toContain(`<Code>${code}</Code>`);
  expect(response.body).toContain("https://iam.amazonaws.com/doc/2010-05-08/");
});

const own = `arn%3Aaws-us-gov%3Aiam%3A%3A${account.id}%3Apolicy%2F`;
const anything = encodeURIComponent(
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
);

test.each([
  ["CreatePolicyVersion", `PolicyDocument=${anything}&SetAsDefault=true`],
  ["DeletePolicy", ""],
  ["AttachRolePolicy", "RoleName=worker"],
  ["PutRolePermissionsBoundary", "RoleName=worker"],
])(
  "%s takes a policy's ARN in no spelling but its own, which Denies name",
  async (action, more) => {
    const trust = encodeURIComponent(
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}',
    );
    await call(`Action=CreateRole&RoleName=worker&AssumeRolePolicyDocument=${trust}`);
    await call(`Action=CreatePolicy&PolicyName=limits&PolicyDocument=${anything}`);
    const parameter = action.endsWith("Boundary") ? "PermissionsBoundary" : "PolicyArn";
    const form = (arn: string): string => `Action=${action}&${parameter}=${arn}limits&${more}`;
    for (const partition of ["aws", "x", "AWS-US-GOV"]) {
      const refused = await call(form(own.replace("aws-us-gov", partition)));
      expect(refused.status).toBe(400);
      expect(refused.body).toContain("<Code>ValidationError</Code>");
    }
    expect((await call(form(own))).status).toBe(200);
  },
);

test.each([
  ["CreateUser", "UserName=new"],
  ["CreateRole", `RoleName=new&AssumeRolePolicyDocument=${anything}`],
  ["PutUserPermissionsBoundary", "UserName=admin"],
  ["PutRolePermissionsBoundary", `RoleName=${role.name}`],
])("%s tells nobody who may not call it which policies there are", async (action, more) => {
  await call(`Action=CreatePolicy&PolicyName=limits&PolicyDocument=${anything}`);
  const nobody: Caller = { ...caller, layers: noLayers };
  const form = (name: string): string =>
    `Action=${action}&${more}&PermissionsBoundary=${own}${name}`;
  for (const name of ["limits", "none"]) {
    expect((await call(form(name), nobody)).status).toBe(403);
  }
  const missing = await call(form("none"));
  expect([missing.status, missing.body]).toEqual([
    404,
    expect.stringContaining("policy/none does not exist or is not attachable."),
  ]);
});

test.each(["/aws-service-role/a.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"])(
  "nobody makes a role under %s, where no policy of an organisation limits it",
  async (path) => {
    const trust = encodeURIComponent(
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}',
    );
    const named = `RoleName=worker&AssumeRolePolicyDocument=${trust}`;
    const refused = await call(`Action=CreateRole&${named}&Path=${encodeURIComponent(path)}`);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain("are kept for AWS itself");
    expect((await call(`Action=CreateRole&${named}&Path=%2Faws%2F`)).status).toBe(200);
  },
);

test("an action that IAM does not have is unknown", async () => {
  const response = await call("Action=CreateCastle");
  expect(response.status).toBe(400);
  expect(response.body).toContain("Could not find operation CreateCastle for version 2010-05-08");
});

const limit = (Effect: string, Action: string) => ({
  name: `${Effect} ${Action}`,
  document: JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect, Action, Resource: "*" },
  }),
});

test("a simulation of a service's role knows that no organisation limits it", async () => {
  const serviceControl = [limit("Allow", "*"), limit("Deny", "s3:Put*")];
  const organization = {
    id: "o-a1b2c3d4e5",
    managementAccountId: "999999999999",
    root: {
      id: "r-ab12",
      serviceControl,
      resourceControl: [],
      units: [],
      accounts: [{ id: account.id, serviceControl, resourceControl: [] }],
    },
  };
  await applyDeclaration(identities, "world", { accounts: [], organization }, now);
  const { role: there } = identities.findRole(account.id, role.name)!;
  const attached = ["arn:aws-us-gov:iam::aws:policy/AdministratorAccess"];
  const make = async (name: string, path: string): Promise<string> => {
    await identities.update((records) => {
      const made = { ...there, name, path, attached, inline: {} };
      iamTables.roles.put(records, nameKey(account.id, name), made);
    });
    const source = `arn:aws-us-gov:iam::${account.id}:role${path}${name}`;
    const asked = `PolicySourceArn=${source}&ActionNames.member.1=s3:PutObject`;
    return bodyText(await call(`Action=SimulatePrincipalPolicy&${asked}`));
  };
  expect(await make("ours", "/")).toContain("<EvalDecision>explicitDeny<");
  const service = await make("theirs", "/aws-service-role/s3.amazonaws.com/");
  expect(service).toContain("<EvalDecision>allowed<");
  expect(service).not.toContain("OrganizationsDecisionDetail");
});
