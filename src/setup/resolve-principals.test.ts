import { describe, expect, it } from "vitest";
import { granteeOf } from "./policy-statements.ts";
import {
  principalPatterns,
  resolvePrincipal,
  type ResolvedPrincipal,
} from "./resolve-principals.ts";
import {
  callerRole,
  callerRoleArn,
  FakeBucketAdmin,
} from "./testing-fixtures/fake-bucket-admin.ts";

const account = "arn:aws:iam::111122223333";

describe("resolvePrincipal", () => {
  it.each([
    [
      "a session, by its role's name",
      `arn:aws:sts::111122223333:assumed-role/${callerRole}/jane`,
      "role",
      callerRoleArn,
    ],
    ["a role, as it is given", `${account}:role/app/Runner`, "role", `${account}:role/app/Runner`],
    ["a user", `${account}:user/staff/joe`, "user", `${account}:user/staff/joe`],
    ["the root user, who needs no policy", `${account}:root`, "root", undefined],
    [
      "a session whose role is gone",
      "arn:aws:sts::111122223333:assumed-role/Gone/jane",
      "role",
      undefined,
    ],
    [
      "a session of another account, where a role of that name is not the caller's",
      `arn:aws:sts::999999999999:assumed-role/${callerRole}/jane`,
      "role",
      undefined,
    ],
    ["something else", "arn:aws:s3:::bucket", "unknown", undefined],
  ])("%s", async (_title, arn, kind, resolved) => {
    const principal = await resolvePrincipal(new FakeBucketAdmin(), { arn });
    expect(principal).toMatchObject({ kind, arn: resolved });
  });

  it("lets failures other than a refusal through", async () => {
    const admin = new FakeBucketAdmin();
    admin.failures.set("getRole", new Error("socket hang up"));
    const arn = "arn:aws:sts::111122223333:assumed-role/Lab/jane";
    await expect(resolvePrincipal(admin, { arn })).rejects.toThrow("socket hang up");
  });
});

describe("patterns", () => {
  const unresolved: ResolvedPrincipal = {
    asked: "",
    partition: "aws",
    accountId: "111122223333",
    kind: "role",
    roleName: undefined,
    arn: undefined,
    problem: undefined,
  };
  const patternsOf = (roleName: string) =>
    principalPatterns({ ...unresolved, roleName }).map((arn) =>
      arn.slice(arn.lastIndexOf("/") + 1),
    );

  it("a permission set's name may hold underscores; the suffix is sixteen hex digits", () => {
    const set = patternsOf("AWSReservedSSO_Power_User_0123456789abcdef");
    expect(set).toEqual(Array(2).fill(`AWSReservedSSO_Power_User_${"?".repeat(16)}`));
    for (const name of ["AWSReservedSSO_Power_0123", "Power_0123456789abcdef"]) {
      expect(patternsOf(name)).toEqual([name, name]);
    }
  });

  it("a role whose path is not known fits with and without one", async () => {
    const arn = "arn:aws-cn:sts::111122223333:assumed-role/Gone/jane";
    const principal = await resolvePrincipal(new FakeBucketAdmin(), { arn });
    expect(principalPatterns(principal)).toEqual([
      "arn:aws-cn:iam::111122223333:role/Gone",
      "arn:aws-cn:iam::111122223333:role/*/Gone",
    ]);
  });
});

describe("granteeOf", () => {
  it("names several roles together, and all by pattern when one is not known", async () => {
    const admin = new FakeBucketAdmin();
    const known = await resolvePrincipal(admin, { arn: `${account}:role/A` });
    const other = await resolvePrincipal(admin, { arn: "arn:aws:iam::444455556666:role/B" });
    expect(granteeOf([known, other], "role-arn")).toEqual({
      Principal: { AWS: [`${account}:role/A`, "arn:aws:iam::444455556666:role/B"] },
    });
    const gone = await resolvePrincipal(admin, {
      arn: "arn:aws:sts::111122223333:assumed-role/Gone/jane",
    });
    expect(granteeOf([known, gone], "role-arn")).toMatchObject({
      Principal: "*",
      Condition: {
        StringEquals: { "aws:PrincipalAccount": "111122223333" },
        ArnLike: {
          "aws:PrincipalArn": [
            `${account}:role/A`,
            `${account}:role/Gone`,
            `${account}:role/*/Gone`,
          ],
        },
      },
    });
  });

  it("names nobody when there is only the root user", async () => {
    const root = await resolvePrincipal(new FakeBucketAdmin(), { arn: `${account}:root` });
    expect(granteeOf([root], "role-arn")).toBeUndefined();
  });
});
