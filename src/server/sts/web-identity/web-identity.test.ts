import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childText, parseXml, child } from "../../../protocol/xml/parse.ts";
import { TestServer, type WireResponse } from "../../testing-fixtures/test-server.ts";
import { worldOf } from "../../world/world-of.ts";
import { createTokenIssuer } from "./token-issuer.ts";

const accountId = "222233334444";
const url = "https://issuer.test/realm";
const providerArn = `arn:aws:iam::${accountId}:oidc-provider/issuer.test/realm`;
const issuer = createTokenIssuer({ issuer: url });
const rsaUrl = "http://127.0.0.1:8080";
const rsaIssuer = createTokenIssuer({ issuer: rsaUrl, algorithm: "RS256" });

let server: TestServer;
let folder: string;
const clock = Date.now();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "web-identity-"));
  await writeFile(join(folder, "keys.json"), issuer.jwks);
  await writeFile(join(folder, "rsa.json"), rsaIssuer.jwks);
  server = await TestServer.start({ now: () => new Date(clock) });
  await server.server.takeWorld(worldOf(world(), { region: "us-east-1" }));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function world(): unknown {
  const trust = (more: object = {}, federated = providerArn) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: federated },
        Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        ...more,
      },
    ],
  });
  const policies = {
    read: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "s3:ListAllMyBuckets",
          Resource: "*",
          Condition: {
            StringEquals: {
              "issuer.test/realm:sub": "job-7",
              "aws:FederatedProvider": providerArn,
            },
          },
        },
      ],
    },
  };
  const onlyJob7 = { Condition: { StringEquals: { "issuer.test/realm:sub": "job-7" } } };
  const onlyUs = { Condition: { StringEquals: { "issuer.test/realm:aud": "us" } } };
  return {
    version: 1,
    accounts: {
      [accountId]: {
        oidcProviders: {
          [url]: {
            jwksFile: join(folder, "keys.json"),
            clientIds: ["sts.amazonaws.com", "us"],
          },
          [rsaUrl]: { jwksFile: join(folder, "rsa.json") },
          "https://lost.test": { jwksFile: join(folder, "lost.json") },
        },
        roles: {
          Job: { trust: trust(onlyJob7), policies, maxSessionDuration: 7200 },
          Ours: { trust: trust(onlyUs) },
          Rsa: { trust: trust({}, `arn:aws:iam::${accountId}:oidc-provider/127.0.0.1:8080`) },
          People: {
            trust: {
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", Principal: { AWS: accountId }, Action: "sts:AssumeRole" },
              ],
            },
          },
        },
      },
    },
  };
}

function assume(token: string, more: Readonly<Record<string, string>> = {}): Promise<WireResponse> {
  const form = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: `arn:aws:iam::${accountId}:role/Job`,
    RoleSessionName: "run",
    WebIdentityToken: token,
    ...more,
  });
  return server.send({
    method: "POST",
    path: "/",
    credentials: null,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
}

function refusal({ status, text }: WireResponse): string {
  const error = child(parseXml(text), "Error");
  return `${status} ${error && childText(error, "Code")}: ${error && childText(error, "Message")}`;
}

const roleArn = (name: string) => ({ RoleArn: `arn:aws:iam::${accountId}:role/${name}` });

describe("a token of an issuer that the account takes", () => {
  test("gives a session of the role that trusts its subject, judged by what the token says", async () => {
    const answer = await assume(issuer.token({ sub: "job-7" }), { DurationSeconds: "7200" });
    expect(answer.status).toBe(200);
    const result = child(parseXml(answer.text), "AssumeRoleWithWebIdentityResult");
    expect(result && childText(result, "SubjectFromWebIdentityToken")).toBe("job-7");
    expect(result && childText(result, "Audience")).toBe("sts.amazonaws.com");
    expect(result && childText(result, "Provider")).toBe(url);
    const given = result && child(result, "Credentials");
    const part = (name: string) => (given && childText(given, name)) ?? "";
    const credentials = {
      accessKeyId: part("AccessKeyId"),
      secretAccessKey: part("SecretAccessKey"),
      sessionToken: part("SessionToken"),
    };
    const now = new Date(clock);
    expect((await server.send({ path: "/", credentials, now })).status).toBe(200);
    const refused = await server.send({ method: "PUT", path: "/bucket", credentials, now });
    expect(refused.code).toBe("AccessDenied");
    expect(refused.text).toContain(`assumed-role/Job/run`);
  });

  test("may be signed with RSA", async () => {
    const answer = await assume(rsaIssuer.token({ sub: "job-7" }), roleArn("Rsa"));
    expect(answer.status).toBe(200);
  });

  test("may carry tags and a source identity, which need permissions", async () => {
    const tagged = {
      sub: "job-7",
      "https://aws.amazon.com/tags": { principal_tags: { team: ["red"] } },
    };
    expect((await assume(issuer.token(tagged))).text).toContain("<PackedPolicySize>");
    const named = { sub: "job-7", "https://aws.amazon.com/source_identity": "ada" };
    expect(refusal(await assume(issuer.token(named)))).toBe(
      "403 AccessDenied: Not authorized to perform sts:SetSourceIdentity",
    );
  });

  test.each([
    ["another subject", { sub: "job-8" }, roleArn("Job")],
    ["another audience than the trust policy's", { sub: "job-7" }, roleArn("Ours")],
    ["a role for people", { sub: "job-7" }, roleArn("People")],
    ["a role for another issuer", { sub: "job-7" }, roleArn("Rsa")],
    ["a role that is not there", { sub: "job-7" }, roleArn("Nothing")],
  ])("is not trusted with %s", async (_, claims, more) => {
    expect(refusal(await assume(issuer.token(claims), more))).toBe(
      "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
  });

  test("counts by the client that it was made for, before the one that it is for", async () => {
    expect((await assume(issuer.token({ sub: "x", aud: "us" }), roleArn("Ours"))).status).toBe(200);
    const list = issuer.token({ sub: "x", aud: ["them", "us"] });
    expect((await assume(list, roleArn("Ours"))).status).toBe(200);
    const azp = issuer.token({ sub: "x", aud: "us", azp: "them" });
    expect(refusal(await assume(azp, roleArn("Ours")))).toBe(
      "400 InvalidIdentityToken: Incorrect token audience",
    );
  });
});

const good = (): string => issuer.token({ sub: "job-7" });
const now = (): number => Math.floor(clock / 1000);
const forged = (header: object): string => {
  const [, payload] = good().split(".");
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.`;
};

describe("a token that is not right", () => {
  test.each<[string, () => string, RegExp]>([
    [
      "no token",
      () => "nonsense",
      /^400 InvalidIdentityToken: The ID Token provided is not a valid JWT/,
    ],
    [
      "with another payload",
      () => {
        const [header, , signature] = good().split(".");
        const payload = issuer.token({ sub: "admin" }).split(".")[1];
        return `${header}.${payload}.${signature}`;
      },
      /^400 InvalidIdentityToken: The signature/,
    ],
    [
      "without a signature",
      () => forged({ alg: "none" }),
      /^400 InvalidIdentityToken: Couldn't retrieve/,
    ],
    [
      "signed with a shared secret",
      () => forged({ alg: "HS256" }),
      /^400 InvalidIdentityToken: Couldn't/,
    ],
    [
      "of a key of another kind",
      () => forged({ alg: "RS256" }),
      /^400 InvalidIdentityToken: Couldn't/,
    ],
    [
      "of another issuer's key",
      () => createTokenIssuer({ issuer: url }).token({ sub: "job-7" }),
      /^400 InvalidIdentityToken: Couldn't retrieve verification key/,
    ],
    [
      "of an issuer that the account does not take",
      () => createTokenIssuer({ issuer: "https://other.test" }).token({ sub: "job-7" }),
      /^400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https:\/\/other\.test$/,
    ],
    [
      "of an issuer whose keys are not there",
      () => createTokenIssuer({ issuer: "https://lost.test" }).token({ sub: "job-7" }),
      /^400 IDPCommunicationError: .*lost\.json, cannot be read: ENOENT/,
    ],
    [
      "for another client",
      () => issuer.token({ sub: "job-7", aud: "them" }),
      /^400 InvalidIdentityToken: Incorrect token audience$/,
    ],
    [
      "that has expired",
      () => issuer.token({ sub: "job-7", exp: now() }),
      /^400 ExpiredTokenException: Token expired: current date\/time \d+ must be before/,
    ],
    [
      "that never ends",
      () => issuer.token({ sub: "job-7", exp: undefined }),
      /^400 InvalidIdentityToken: Missing a required claim: exp$/,
    ],
    [
      "that is not good yet",
      () => issuer.token({ sub: "job-7", nbf: now() + 3600 }),
      /^403 IDPRejectedClaim: /,
    ],
    ["without a subject", () => issuer.token({ sub: "" }), /^400 InvalidIdentityToken: Missing a/],
  ])("%s is refused", async (_, token, told) => {
    expect(refusal(await assume(token()))).toMatch(told);
  });

  test("is refused by what is wrong with the parameters first", async () => {
    expect(refusal(await assume("x", { RoleSessionName: "a b" }))).toMatch(
      /^400 ValidationError: 2 validation errors detected: Value 'a b' at 'roleSessionName'/,
    );
    expect(refusal(await assume(good(), { DurationSeconds: "7201" }))).toMatch(
      /^400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration/,
    );
  });
});

test("an issuer's new keys count as soon as they are in its file", async () => {
  const later = createTokenIssuer({ issuer: url });
  const token = later.token({ sub: "job-7" });
  expect((await assume(token)).status).toBe(400);
  await writeFile(join(folder, "keys.json"), later.jwks);
  await utimes(join(folder, "keys.json"), 1, 1);
  expect((await assume(token)).status).toBe(200);
  await writeFile(join(folder, "keys.json"), issuer.jwks);
});

test("nobody but web identities is let in without a signature", async () => {
  const answer = await assume("x", { Action: "GetCallerIdentity" });
  expect(refusal(answer)).toBe(
    "403 MissingAuthenticationToken: Request is missing Authentication Token",
  );
});
