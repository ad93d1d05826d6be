import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideAccess } from "../../policy/decide-access.ts";
import { child, childText } from "../../protocol/xml/parse.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { everything, hour, may } from "./testing-fixtures/sts-accounts.ts";
import {
  account,
  accountId,
  policy,
  role,
  type StsAnswer,
  StsWorld,
  user,
} from "./testing-fixtures/sts-world.ts";

let world: StsWorld;
beforeAll(async () => {
  world = await StsWorld.open([
    account(accountId, {
      rootKeys: [{ accessKeyId: "AKIAroot", secretAccessKey: "secret of root" }],
      users: [
        user("plain"),
        user("keyed", {
          accessKeys: [{ accessKeyId: "AKIAKEYED00000000000", secretAccessKey: "of keyed" }],
        }),
        user("admin", { attached: [everything], tags: [{ Key: "team", Value: "red" }] }),
        user("broker", {
          inline: { own: may("s3:*"), broker: may("sts:GetFederationToken") },
        }),
      ],
      roles: [role("Any")],
    }),
  ]);
});
afterAll(() => world.close());

const call = (who: string, action: string, parameters = {}): StsAnswer =>
  world.call(world.caller(`AKIA${who}`), action, parameters);
const holder = (answer: StsAnswer): AuthenticatedCaller => world.caller(world.credentials(answer));

function lasts(answer: StsAnswer): number {
  const { session } = holder(answer);
  return ((session?.expiresAt ?? 0) - (session?.issuedAt ?? 0)) / 1000;
}

function allows(caller: AuthenticatedCaller, action: string): boolean {
  const decision = decideAccess({
    request: { principal: caller, action, resource: "arn:aws:s3:::bkt/key" },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  return decision.outcome === "allowed";
}

describe("GetSessionToken", () => {
  test("gives keys of the user itself, without any permission", () => {
    const caller = holder(call("plain", "GetSessionToken"));
    const permanent = world.caller("AKIAplain");
    expect([caller.kind, caller.arn, caller.userId]).toEqual([
      "user",
      permanent.arn,
      permanent.userId,
    ]);
    expect(caller.conditionKeys?.get("aws:multifactorauthpresent")).toEqual(["false"]);
    const admin = holder(call("admin", "GetSessionToken"));
    expect(allows(admin, "s3:GetObject")).toBe(true);
    expect(admin.tags).toEqual([{ Key: "team", Value: "red" }]);
  });

  test("lasts twelve hours unless asked otherwise, and an hour at most for the root user", () => {
    expect(lasts(call("plain", "GetSessionToken"))).toBe(12 * hour);
    expect(lasts(call("plain", "GetSessionToken", { DurationSeconds: 900 }))).toBe(900);
    expect(lasts(call("plain", "GetSessionToken", { DurationSeconds: 36 * hour }))).toBe(36 * hour);
    const ofRoot = call("root", "GetSessionToken", { DurationSeconds: 36 * hour });
    expect(lasts(ofRoot)).toBe(hour);
    expect(holder(ofRoot).kind).toBe("root");
    expect(call("plain", "GetSessionToken", { DurationSeconds: 36 * hour + 1 }).error).toMatch(
      /^ValidationError: .*less than or equal to 129600$/,
    );
  });

  test("lets its keys do nothing at STS but assume roles and ask who they are", () => {
    const session = holder(call("admin", "GetSessionToken"));
    const request = { RoleArn: `arn:aws:iam::${accountId}:role/Any`, RoleSessionName: "me" };
    expect(world.call(session, "AssumeRole", request).status).toBe(200);
    expect(world.call(session, "GetCallerIdentity").status).toBe(200);
    for (const action of ["GetSessionToken", "GetFederationToken", "GetAccessKeyInfo"]) {
      const { status, error } = world.call(session, action, { Name: "guest" });
      expect([status, error]).toEqual([
        403,
        `AccessDenied: Cannot call ${action} with session credentials`,
      ]);
    }
  });

  test("is not for sessions of roles", () => {
    const request = { RoleArn: `arn:aws:iam::${accountId}:role/Any`, RoleSessionName: "me" };
    const session = holder(call("admin", "AssumeRole", request));
    for (const action of ["GetSessionToken", "GetFederationToken"]) {
      expect(world.call(session, action, { Name: "guest" }).error).toBe(
        `AccessDenied: Cannot call ${action} with session credentials`,
      );
    }
  });
});

describe("GetFederationToken", () => {
  test("needs a permission", () => {
    expect(call("plain", "GetFederationToken", { Name: "guest" }).error).toBe(
      `AccessDenied: User: arn:aws:iam::${accountId}:user/plain is not authorized to perform: ` +
        `sts:GetFederationToken on resource: arn:aws:sts::${accountId}:federated-user/guest`,
    );
    const tags = { "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" };
    expect(call("broker", "GetFederationToken", { Name: "guest", ...tags }).error).toContain(
      "sts:TagSession",
    );
  });

  test("gives what both the user and the request allow", () => {
    const Policy = policy({ Action: ["s3:GetObject", "kms:Decrypt"], Resource: "*" });
    const answer = call("broker", "GetFederationToken", { Name: "guest", Policy });
    const arn = `arn:aws:sts::${accountId}:federated-user/guest`;
    const federated = answer.result && child(answer.result, "FederatedUser");
    expect(federated && childText(federated, "Arn")).toBe(arn);
    expect(federated && childText(federated, "FederatedUserId")).toBe(`${accountId}:guest`);
    expect(answer.text).toContain("<PackedPolicySize>");
    const caller = holder(answer);
    expect([caller.kind, caller.arn, caller.userId]).toEqual([
      "federated-user",
      arn,
      `${accountId}:guest`,
    ]);
    expect(
      ["s3:GetObject", "s3:PutObject", "kms:Decrypt"].filter((a) => allows(caller, a)),
    ).toEqual(["s3:GetObject"]);
    expect(lasts(answer)).toBe(12 * hour);
  });

  test("without policies gives nothing but who it is", () => {
    const caller = holder(call("admin", "GetFederationToken", { Name: "guest" }));
    expect(allows(caller, "s3:GetObject")).toBe(false);
    expect(world.call(caller, "GetCallerIdentity").status).toBe(200);
    expect(world.call(caller, "AssumeRole").error).toBe(
      "AccessDenied: Cannot call AssumeRole with session credentials",
    );
  });

  test("is the root user's too, for an hour", () => {
    const answer = call("root", "GetFederationToken", { Name: "guest", Policy: may("s3:*") });
    expect(lasts(answer)).toBe(hour);
    expect(allows(holder(answer), "s3:PutObject")).toBe(true);
  });
});

describe("GetAccessKeyInfo", () => {
  test("tells the account of permanent keys and of those that STS gave", () => {
    const accountOf = (AccessKeyId: string): string | undefined => {
      const { result } = call("admin", "GetAccessKeyInfo", { AccessKeyId });
      return result && childText(result, "Account");
    };
    expect(accountOf("AKIAKEYED00000000000")).toBe(accountId);
    const session = world.credentials(call("plain", "GetSessionToken"));
    expect(accountOf(session.accessKeyId)).toBe(accountId);
  });

  test("needs a permission", () => {
    const AccessKeyId = "AKIAEXAMPLE000000000";
    expect(call("plain", "GetAccessKeyInfo", { AccessKeyId }).status).toBe(403);
    expect(call("admin", "GetAccessKeyInfo", { AccessKeyId }).error).toBe(
      "ValidationError: The access key ID AKIAEXAMPLE000000000 belongs to no account of this server.",
    );
  });
});

test("DecodeAuthorizationMessage finds nothing that is encoded", () => {
  const answer = call("admin", "DecodeAuthorizationMessage", { EncodedMessage: "xyz" });
  expect([answer.status, answer.error]).toEqual([
    400,
    "InvalidAuthorizationMessageException: Invalid encoded message: this server encodes none of its messages.",
  ]);
  const refused = call("plain", "DecodeAuthorizationMessage", { EncodedMessage: "xyz" });
  expect(refused.status).toBe(403);
});
