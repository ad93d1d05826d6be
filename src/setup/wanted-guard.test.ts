import { expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { compilePolicy } from "../policy/compile-policy.ts";
import { decideAccess } from "../policy/decide-access.ts";
import { parseStoredPolicy } from "../policy/parse.ts";
import { contextOf, type Principal } from "../policy/request.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  planFor,
  setUp,
} from "./testing-fixtures/set-up-once.ts";
import {
  callerRole,
  callerRoleArn,
  type FakeBucketAdmin,
} from "./testing-fixtures/fake-bucket-admin.ts";

const partner = "arn:aws:iam::999999999999:role/partner";

function role(arn: string): Principal {
  const [, , , accountId = ""] = arn.split(":").slice(1);
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const session = `arn:aws:sts::${accountId}:assumed-role/${name}/s`;
  return { kind: "assumed-role", accountId, arn: session, principalArn: arn, userId: "AROA:s" };
}

/** Whether the bucket's policy refuses a read of an object that all else allows. */
function isRefused(
  admin: FakeBucketAdmin,
  principal: Principal,
  service: "true" | "false" | "not sent" = "false",
): boolean {
  const { policy } = parseStoredPolicy(admin.buckets.get(bucket)?.policy ?? "", bucket);
  const context = contextOf([
    ["aws:SecureTransport", "true"],
    ...(service === "not sent" ? [] : [["aws:PrincipalIsAWSService", service] as const]),
  ]);
  const { outcome } = decideAccess({
    request: { principal, action: "s3:GetObject", resource: `arn:aws:s3:::${bucket}/a`, context },
    resourcePolicy: compilePolicy(policy),
    caller: { identity: [] },
    sameAccount: true,
  });
  return outcome === "explicitDeny";
}

const other = role("arn:aws:iam::111122223333:role/other");
const stranger = role("arn:aws:iam::444455556666:role/x");

it("of accounts keeps strangers out, and lets in those who are named", async () => {
  const admin = adminWith();
  const wish = desire({ policy: { guard: "account", principals: [callerRoleArn, partner] } });
  const plan = aspectOf(await planFor({ admin }, wish), "policy");
  expect(plan.changes.find(({ item }) => item.endsWith("Guard"))?.risk).toContain("loses");
  await setUp({ admin }, wish);
  expect(isRefused(admin, stranger)).toBe(true);
  expect(isRefused(admin, { kind: "anonymous" })).toBe(true);
  for (const one of [other, role(partner), role(callerRoleArn)]) {
    expect(isRefused(admin, one)).toBe(false);
  }
  expect(isRefused(admin, stranger, "true")).toBe(false);
  expect((await planFor({ admin }, wish)).summary.upToDate).toBe(true);
  // What nobody says stays, and a word takes it away.
  expect((await planFor({ admin })).summary.upToDate).toBe(true);
  await setUp({ admin }, desire({ policy: { guard: "none" } }));
  expect(isRefused(admin, stranger)).toBe(false);
});

it("of principals keeps others of the account out as well, made anew or not", async () => {
  const admin = adminWith();
  await setUp({ admin }, desire({ policy: { principals: [partner] } }));
  await setUp({ admin }, desire({ policy: { guard: "principals" } }));
  expect(isRefused(admin, other)).toBe(true);
  const anew = callerRoleArn.replace(callerRole, callerRole.replace("0623eedd", "ffffffff"));
  for (const one of [role(partner), role(callerRoleArn), role(anew)]) {
    expect(isRefused(admin, one)).toBe(false);
  }
});

it("that would keep the caller out is a lock-out", async () => {
  const wish = desire({ policy: { guard: "principals", principals: [partner] } });
  const { blockers } = (await planFor({ admin: adminWith() }, wish)).summary;
  expect(blockers.map(({ code }) => code)).toContain("lock-out");
});

function withoutIam(): FakeBucketAdmin {
  const admin = adminWith();
  admin.failures.set("getRole", new StorageError("PermissionDenied", "iam:GetRole is denied."));
  return admin;
}

it("of a caller whose role nobody may look up lets that role in, and is no lock-out", async () => {
  const admin = withoutIam();
  const wish = desire({ policy: { guard: "principals", principals: [admin.caller.arn] } });
  const { blockers } = (await planFor({ admin }, wish)).summary;
  expect(blockers).toEqual([]);
  await setUp({ admin }, wish);
  expect(isRefused(admin, role(callerRoleArn))).toBe(false);
  expect(isRefused(admin, other)).toBe(true);
  const outside = desire({ policy: { guard: "principals", principals: [partner] } });
  const shut = (await planFor({ admin: withoutIam() }, outside)).summary.blockers;
  expect(shut.map(({ code }) => code)).toContain("lock-out");
});

function rootOf(accountId: string): Principal {
  const arn = `arn:aws:iam::${accountId}:root`;
  return { kind: "root", accountId, arn, principalArn: arn, userId: accountId };
}

it.each(["account", "principals"] as const)(
  "of the %s lets the account's root user in, and no other's; a store that tells of no services keeps strangers out",
  async (guard) => {
    const admin = adminWith();
    await setUp({ admin }, desire({ policy: { guard, principals: [callerRoleArn] } }));
    expect(isRefused(admin, rootOf("111122223333"))).toBe(false);
    expect(isRefused(admin, rootOf("444455556666"))).toBe(true);
    expect(isRefused(admin, stranger, "not sent")).toBe(true);
  },
);
