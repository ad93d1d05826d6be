import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { child, childText } from "../../protocol/xml/parse.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { applyDeclaration } from "../iam/apply-declaration.ts";
import {
  assuming,
  assumeIn,
  denied,
  everything,
  hour,
  type Parameters,
  roleArn,
  stsAccounts,
  userArn,
} from "./testing-fixtures/sts-accounts.ts";
import {
  account,
  accountId,
  policy,
  role,
  strangeAccountId,
  type StsAnswer,
  StsWorld,
  user,
} from "./testing-fixtures/sts-world.ts";

let world: StsWorld;
beforeAll(async () => {
  world = await StsWorld.open(stsAccounts);
});
afterAll(() => world.close());

const assume = (
  as: string | AuthenticatedCaller,
  name: string,
  parameters: Parameters = {},
  context: Readonly<Record<string, string>> = {},
): StsAnswer => assumeIn(world, as, name, parameters, context);

/** The caller whom the keys of an answer are of. */
function holder(answer: StsAnswer): AuthenticatedCaller {
  return world.caller(world.credentials(answer));
}

describe("who may assume a role", () => {
  test("a user whose policies allow it, where the trust policy leaves it to the account", () => {
    const answer = assume("may", "Delegated");
    expect(answer.status).toBe(200);
    const { arn, principalArn, userId, kind } = holder(answer);
    const id = world.directory.findRole(accountId, "Delegated")?.role.id;
    expect({ arn, principalArn, userId, kind }).toEqual({
      arn: `arn:aws:sts::${accountId}:assumed-role/Delegated/session`,
      principalArn: roleArn("Delegated"),
      userId: `${id}:session`,
      kind: "assumed-role",
    });
    const assumed = answer.result && child(answer.result, "AssumedRoleUser");
    expect(assumed && childText(assumed, "Arn")).toBe(arn);
    expect(assumed && childText(assumed, "AssumedRoleId")).toBe(userId);
    expect(answer.text).toContain("<Expiration>2026-11-26T11:00:00Z</Expiration>");
    expect(answer.text).not.toContain("PackedPolicySize");
  });

  test("a user without policies, where the trust policy names it", () => {
    expect(assume("named", "ForNamed").status).toBe(200);
  });

  test("a stranger, where both sides allow it", () => {
    expect(assume("stranger", "ForStrangers").status).toBe(200);
  });

  test.each([
    ["a user without policies", "plain", "Delegated", userArn("plain")],
    ["a user whom the trust policy does not name", "admin", "ForNamed", userArn("admin")],
    ["a stranger without policies", "unable", "ForStrangers", userArn("unable", strangeAccountId)],
    [
      "a stranger who is not trusted",
      "stranger",
      "Delegated",
      userArn("stranger", strangeAccountId),
    ],
    ["the own account of a role for strangers", "admin", "ForStrangers", userArn("admin")],
    ["a user who asks for a role that is not there", "admin", "Nothing", userArn("admin")],
    ["a user who leaves out the role's path", "admin", "Pathed", userArn("admin")],
  ])("not %s", (_, who, name, arn) => {
    const { status, error } = assume(who, name);
    expect([status, error]).toEqual([403, denied("AssumeRole", name, arn)]);
  });

  test("nobody whom a Deny hits, which the answer tells in the same account", () => {
    expect(assume("admin", "Refusing").error).toBe(
      `${denied("AssumeRole", "Refusing", userArn("admin"))} with an explicit deny in a ` +
        "resource-based policy",
    );
    expect(assume("stranger", "Refusing").error).toBe(
      denied("AssumeRole", "Refusing", userArn("stranger", strangeAccountId)),
    );
  });

  test("nobody whom a policy of the role's organisation keeps out, wherever the caller is from", async () => {
    const limited = await StsWorld.open([]);
    const everywhere = {
      serviceControl: [{ name: "full", document: policy({ Action: "*", Resource: "*" }) }],
      resourceControl: [
        { name: "full", document: policy({ Principal: "*", Action: "*", Resource: "*" }) },
      ],
    };
    const Condition = { StringNotEquals: { "aws:PrincipalAccount": accountId } };
    const deny = { Effect: "Deny", Principal: "*", Action: "sts:*", Resource: "*", Condition };
    const limit = { name: "limit", document: policy(deny) };
    const root = { id: "r-ab12", units: [], accounts: [{ id: accountId, ...everywhere }] };
    const resourceControl = [...everywhere.resourceControl, limit];
    const organization = {
      id: "o-a1b2c3d4e5",
      managementAccountId: "999999999999",
      root: { ...root, ...everywhere, resourceControl },
    };
    try {
      const declaration = { accounts: stsAccounts, organization };
      await applyDeclaration(limited.directory, "world", declaration, limited.now);
      expect(assumeIn(limited, "stranger", "ForStrangers").status).toBe(403);
      expect(assumeIn(limited, "may", "Delegated").status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  test("not the root user", () => {
    expect(assume("root", "Delegated").error).toBe(
      "AccessDenied: Roles may not be assumed by root accounts.",
    );
  });

  test("whoever gives the whole ARN of a role with a path", () => {
    expect(assume("admin", `arn:aws:iam::${accountId}:role/team/Pathed`).status).toBe(200);
  });
});

describe("conditions of the trust policy", () => {
  test.each<[string, Parameters, Record<string, string>]>([
    ["External", { ExternalId: "quartz-7" }, {}],
    ["ForNames", { RoleSessionName: "ci-7" }, {}],
    ["ForPrincipal", {}, {}],
    ["FromHome", {}, { "aws:SourceIp": "192.0.2.7" }],
  ])("of %s hold", (name, parameters, context) => {
    expect(assume("may", name, parameters, context).status).toBe(200);
  });

  test.each<[string, Parameters, Record<string, string>]>([
    ["External", {}, {}],
    ["External", { ExternalId: "Quartz-7" }, {}],
    ["ForNames", { RoleSessionName: "me" }, {}],
    ["FromHome", {}, { "aws:SourceIp": "198.51.100.7" }],
    ["WithMfa", {}, {}],
  ])("of %s do not hold with %j", (name, parameters, context) => {
    const { error } = assume("may", name, parameters, context);
    expect(error).toBe(denied("AssumeRole", name, userArn("may")));
  });

  test("of ForPrincipal do not hold for another user", () => {
    const { error } = assume("admin", "ForPrincipal");
    expect(error).toBe(denied("AssumeRole", "ForPrincipal", userArn("admin")));
  });
});

const chain = (): AuthenticatedCaller => holder(assume("may", "First"));

function lasts(answer: StsAnswer): number {
  const { session } = holder(answer);
  return ((session?.expiresAt ?? 0) - (session?.issuedAt ?? 0)) / 1000;
}

describe("how long", () => {
  test("an hour unless asked otherwise, up to the role's maximum", () => {
    expect(lasts(assume("may", "Long"))).toBe(hour);
    expect(lasts(assume("may", "Long", { DurationSeconds: 900 }))).toBe(900);
    expect(lasts(assume("may", "Long", { DurationSeconds: 4 * hour }))).toBe(4 * hour);
    expect(lasts(assume(chain(), "Second"))).toBe(hour);
  });

  test.each<[string, number | string, string]>([
    [
      "Delegated",
      hour + 1,
      "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    [
      "Long",
      899,
      "ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to " +
        "satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      "Long",
      43_201,
      "ValidationError: 1 validation error detected: Value '43201' at 'durationSeconds' failed to " +
        "satisfy constraint: Member must have value less than or equal to 43200",
    ],
    ["Long", "1e3", "ValidationError: Value '1e3' at 'durationSeconds' is not a whole number."],
  ])("%s not for %s seconds", (name, DurationSeconds, error) => {
    expect(assume("may", name, { DurationSeconds }).error).toBe(error);
  });

  test("an hour at most with the keys of a role", () => {
    expect(assume(chain(), "Second", { DurationSeconds: hour + 1 }).error).toBe(
      "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles " +
        "assumed by role chaining",
    );
  });
});

test("what is wrong with parameters is told all at once", () => {
  const { status, error } = world.call(world.caller("AKIAmay"), "AssumeRole", {
    RoleArn: "short",
    RoleSessionName: "a b",
    ExternalId: "x",
  });
  expect(status).toBe(400);
  expect(error).toMatch(
    /^ValidationError: 3 validation errors detected: Value 'short' at 'roleArn'/,
  );
  expect(error).toContain(
    "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must",
  );
  expect(error).toContain(
    "Value 'x' at 'externalId' failed to satisfy constraint: Member must have length",
  );
  expect(world.call(world.caller("AKIAmay"), "AssumeRole").error).toContain(
    "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
  );
  expect(assume("may", `arn:aws:iam::${accountId}:user/may`).error).toBe(
    `ValidationError: arn:aws:iam::${accountId}:user/may is invalid`,
  );
});

test("codes of MFA devices are refused, since nobody has one", () => {
  const serial = `arn:aws:iam::${accountId}:mfa/may`;
  const both = assume("may", "Delegated", { SerialNumber: serial, TokenCode: "123456" });
  expect([both.status, both.error]).toEqual([
    403,
    "AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify " +
      "your MFA serial number is valid and associated with this user.",
  ]);
  expect(assume("may", "Delegated", { SerialNumber: serial }).error).toMatch(
    /must provide both MFA serial number and one time pass code\.$/,
  );
});

test("keys of a role that is made anew are worth nothing, and the new role's are", async () => {
  const roles = [role("Delegated", { attached: [everything] })];
  const passing = await StsWorld.open([
    account(accountId, { users: [user("may", assuming)], roles }),
  ]);
  try {
    const call = () =>
      passing.credentials(
        passing.call(passing.caller("AKIAmay"), "AssumeRole", {
          RoleArn: roleArn("Delegated"),
          RoleSessionName: "session",
        }),
      );
    const before = call();
    expect(passing.caller(before).kind).toBe("assumed-role");
    await passing.declare([account(accountId, { users: [user("may", assuming)] })]);
    expect(() => passing.caller(before)).toThrow("is unknown");
    await passing.declare([account(accountId, { users: [user("may", assuming)], roles })]);
    expect(() => passing.caller(before)).toThrow("is unknown");
    expect(passing.caller(call()).kind).toBe("assumed-role");
  } finally {
    await passing.close();
  }
});
