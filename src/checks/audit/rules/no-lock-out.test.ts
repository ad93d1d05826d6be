import { expect, test } from "vitest";
import type { OrganizationPolicies } from "../../../core/policy-sources.ts";
import type { AuditFacts, Fact } from "../facts.ts";
import { judgeFacts } from "../run-audit.ts";
import { account, arn, context, good, grant, policyOf } from "../testing-fixtures/good-bucket.ts";

const repair = ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];
type Kind = "serviceControl" | "resourceControl";

/** Policies on resources name whom they are about, those on principals may not. */
const document = (kind: Kind, name: string, statement: object) => ({
  name,
  text: policyOf({
    ...(kind === "resourceControl" && { Principal: "*" }),
    Resource: "*",
    ...statement,
  }),
});
const full = (kind: Kind) => document(kind, "full", { Effect: "Allow", Action: "*" });
const denies = (kind: Kind, Condition?: object) =>
  document(kind, "limit", {
    Effect: "Deny",
    Action: repair,
    ...(Condition !== undefined && { Condition }),
  });

const organizationOf = (
  kind: Kind,
  ...documents: readonly { readonly name: string; readonly text: string }[]
): OrganizationPolicies => ({
  isManagement: false,
  kinds: new Set([kind]),
  steps: [{ place: "root", serviceControl: [], resourceControl: [], [kind]: documents }],
});
const limited = (Condition?: object, kind: Kind = "serviceControl") =>
  known(organizationOf(kind, full(kind), denies(kind, Condition)));

const lockingPolicy = policyOf(grant, {
  Sid: "Nobody",
  Effect: "Deny",
  Principal: "*",
  Action: repair,
  Resource: arn,
});

function judged(
  organization: Fact<OrganizationPolicies | undefined>,
  changes: Partial<AuditFacts> = {},
) {
  const facts = Object.entries({ ...good, ...changes }).map(([name, value]) => [
    name,
    { state: "known", value },
  ]);
  const all = judgeFacts({ ...Object.fromEntries(facts), organization }, context, {
    today: "2026-11-27",
  });
  return all.find(({ id }) => id === "POL-7");
}

const known = (value: OrganizationPolicies | undefined) => ({ state: "known", value }) as const;

test.each(["serviceControl", "resourceControl"] as const)(
  "%s that keeps even the root user from repairs locks the account out",
  (kind) => {
    const found = judged(limited(undefined, kind));
    expect(found).toMatchObject({ status: "fail", remedy: { by: "organization" } });
    expect(found?.saw).toBe(
      `${kind === "serviceControl" ? "service" : "resource"} control policies of the organisation keep the ` +
        "caller from s3:PutBucketPolicy, s3:DeleteBucketPolicy",
    );
    expect(found?.affects).toMatch(/^Nobody of the account/);
  },
);

test("a place of the organisation that allows nothing of it does so, too", () => {
  const onlyRead = document("serviceControl", "read", { Effect: "Allow", Action: "s3:Get*" });
  const found = judged(known(organizationOf("serviceControl", onlyRead)));
  expect(found).toMatchObject({ status: "fail", remedy: { by: "organization" } });
});

test("a limit of the caller alone is said and is no lock-out: others may repair it", () => {
  const others = { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } };
  const found = judged(limited(others));
  expect(found?.status).toBe("pass");
  expect(found?.saw).toMatch(
    /, but service control policies .* keep the caller from s3:PutBucketPolicy/,
  );
});

test("a policy that locks the caller out is the root user's to repair, unless the organisation forbids it", () => {
  const locked = { policy: lockingPolicy };
  expect(judged(known(undefined), locked)).toMatchObject({
    status: "fail",
    remedy: { by: "administrator", text: "As the root user, delete the policy." },
  });
  const noRoot = { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:root` } };
  const found = judged(limited(noRoot), locked);
  expect(found).toMatchObject({ status: "fail", remedy: { by: "organization" } });
  expect(found?.saw).toContain("Nobody");
  expect(found?.remedy?.text).toContain("S3UnlockBucketPolicy");
});

test("what hangs on the request or the time is no limit, nor is what the management account has", () => {
  const open = [
    { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
  ];
  for (const Condition of open) {
    const found = judged(limited(Condition));
    expect(found).toMatchObject({
      status: "pass",
      saw: "the bucket's policy lets the caller read and change it",
    });
  }
  const management = {
    ...organizationOf("serviceControl", denies("serviceControl")),
    isManagement: true,
  };
  expect(judged(known(management))?.status).toBe("pass");
});

test("policies of the organisation that cannot be read are said to be invisible", () => {
  const found = judged({ state: "unknown", reason: "Organizations refused it" });
  expect(found).toMatchObject({
    status: "pass",
    saw: "the bucket's policy lets the caller read and change it; not visible: the organisation's policies (Organizations refused it)",
  });
});
