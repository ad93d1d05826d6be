import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTokenIssuer } from "../server/sts/web-identity/token-issuer.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const account = "111122223333";
const other = "444455556666";
const Url = "https://issuer.test/realm";
const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/issuer.test/realm`;
const provider = { OpenIDConnectProviderArn };
const issuer = createTokenIssuer({ issuer: Url });
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const trust = policy({
  Effect: "Allow",
  Principal: { Federated: OpenIDConnectProviderArn },
  Action: "sts:AssumeRoleWithWebIdentity",
});

let folder: string;
let server: TestServer;
let iam: IAMClient;
let sts: STSClient;

/** The keys of the issuer stand in another account: an issuer has the same for all. */
const world = (own: object = {}) => ({
  version: 1,
  accounts: {
    [account]: {
      users: {
        admin: { accessKeys: [{}], attached: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
        bob: { accessKeys: [{}] },
      },
      ...own,
    },
    [other]: { oidcProviders: { [Url]: { jwksFile: join(folder, "keys.json") } } },
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oidc-"));
  await writeFile(join(folder, "keys.json"), issuer.jwks);
  server = await startTestServer({ world: world() });
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "admin");
  iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
  sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
});
beforeAll(async () => {
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  await iam.send(new CreateRoleCommand({ RoleName: "job", AssumeRolePolicyDocument }));
});
afterAll(async () => {
  iam.destroy();
  sts.destroy();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function assumes(): Promise<string> {
  const WebIdentityToken = issuer.token({ sub: "job-7" });
  const RoleArn = `arn:aws:iam::${account}:role/job`;
  const call = { RoleArn, RoleSessionName: "session", WebIdentityToken };
  return await sts.send(new AssumeRoleWithWebIdentityCommand(call)).then(
    ({ Provider }) => `ok ${Provider}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test("an issuer is made, changed, told and taken away, and its tokens are good as long as it is there", async () => {
  expect(await assumes()).toMatch(
    /^InvalidIdentityTokenException: No OpenIDConnect provider found/,
  );
  const ThumbprintList = ["990F4193972F2BECF12DDEDA5237F9C952F20D9E"];
  const Tags = [{ Key: "team", Value: "red" }];
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ["app"], ThumbprintList, Tags }),
  );
  expect(made).toMatchObject({ OpenIDConnectProviderArn, Tags });
  await expect(iam.send(new CreateOpenIDConnectProviderCommand({ Url }))).rejects.toMatchObject({
    name: "EntityAlreadyExistsException",
  });
  expect(await assumes()).toMatch(/^InvalidIdentityTokenException: /);
  await iam.send(
    new AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID: "sts.amazonaws.com" }),
  );
  expect(await assumes()).toBe(`ok ${Url}`);
  await iam.send(
    new RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider, ClientID: "app" }),
  );
  await iam.send(
    new UpdateOpenIDConnectProviderThumbprintCommand({
      ...provider,
      ThumbprintList: ["a".repeat(40)],
    }),
  );
  await iam.send(
    new TagOpenIDConnectProviderCommand({ ...provider, Tags: [{ Key: "b", Value: "2" }] }),
  );
  await iam.send(new UntagOpenIDConnectProviderCommand({ ...provider, TagKeys: ["team"] }));
  const tags = [{ Key: "b", Value: "2" }];
  expect(await iam.send(new GetOpenIDConnectProviderCommand(provider))).toMatchObject({
    Url: "issuer.test/realm",
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: ["a".repeat(40)],
    Tags: tags,
  });
  const listed = await iam.send(new ListOpenIDConnectProviderTagsCommand(provider));
  expect(listed.Tags).toEqual(tags);
  const all = await iam.send(new ListOpenIDConnectProvidersCommand());
  expect(all.OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }]);
  await iam.send(new DeleteOpenIDConnectProviderCommand(provider));
  await expect(iam.send(new GetOpenIDConnectProviderCommand(provider))).rejects.toMatchObject({
    name: "NoSuchEntityException",
    message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
  });
  expect(await assumes()).toMatch(
    /^InvalidIdentityTokenException: No OpenIDConnect provider found/,
  );
});

test("one of a world is one of IAM's, and goes with the world's word", async () => {
  await server.takeWorld(
    world({ oidcProviders: { [Url]: { jwksFile: join(folder, "keys.json") } } }),
  );
  expect(await iam.send(new GetOpenIDConnectProviderCommand(provider))).toMatchObject({
    ClientIDList: ["sts.amazonaws.com"],
  });
  expect(await assumes()).toBe(`ok ${Url}`);
  await server.takeWorld(world());
  const all = await iam.send(new ListOpenIDConnectProvidersCommand());
  expect(all.OpenIDConnectProviderList).toEqual([]);
});

test("one whose keys no world names is said to be that", async () => {
  const lonely = { Url: "https://lonely.test", ClientIDList: ["sts.amazonaws.com"] };
  await iam.send(new CreateOpenIDConnectProviderCommand(lonely));
  const WebIdentityToken = createTokenIssuer({ issuer: lonely.Url }).token({ sub: "x" });
  const RoleArn = `arn:aws:iam::${account}:role/job`;
  const call = { RoleArn, RoleSessionName: "session", WebIdentityToken };
  await expect(sts.send(new AssumeRoleWithWebIdentityCommand(call))).rejects.toMatchObject({
    name: "IDPCommunicationErrorException",
    message: `This server has no keys of the issuer ${lonely.Url}, and asks no network for them.`,
  });
});

test.each([
  ["http://issuer.test", "InvalidInputException"],
  ["https://issuer.test?a=b", "InvalidInputException"],
  ["issuer.test", "InvalidInputException"],
  [`https://${"x".repeat(250)}`, "ValidationError"],
])("%s is no URL of an issuer", async (url, name) => {
  const made = iam.send(new CreateOpenIDConnectProviderCommand({ Url: url }));
  await expect(made).rejects.toMatchObject({ name });
});

test("whoever may not, may not, and learns nothing", async () => {
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "bob");
  const bob = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
  for (const command of [
    new CreateOpenIDConnectProviderCommand({ Url: "https://lonely.test" }),
    new GetOpenIDConnectProviderCommand(provider),
    new DeleteOpenIDConnectProviderCommand(provider),
    new ListOpenIDConnectProvidersCommand(),
  ]) {
    await expect(bob.send(command as never)).rejects.toMatchObject({ name: "AccessDenied" });
  }
  bob.destroy();
});
