import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { LifecycleRule } from "../core/bucket-settings.ts";
import { applyPlan } from "./apply.ts";
import { sameRule } from "./lifecycle-rules.ts";
import { callerRoleArn, type FakeBucket } from "./testing-fixtures/fake-bucket-admin.ts";
import { adminWith, bucket, desire, FakeTools, planFor } from "./testing-fixtures/set-up-once.ts";

// Whatever a bucket was before: applied once, it is as wished, and other people's entries are there.

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const prefixes = fc.constantFrom("", "test/", "logs/", "test/a");

const rule: fc.Arbitrary<LifecycleRule> = fc
  .record({
    scope: fc.oneof(
      prefixes.map((Prefix) => ({ Prefix })),
      prefixes.map((Prefix) => ({ Filter: { Prefix } })),
      fc.constant({ Filter: {} }),
      fc.constant({ Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } } }),
    ),
    status: fc.constantFrom("Enabled" as const, "Disabled" as const),
    days: fc.constantFrom(1, 7, 90),
    noncurrent: optional(fc.constantFrom(1, 30)),
  })
  .map(({ scope, status, days, noncurrent }) => ({
    ...scope,
    Status: status,
    Expiration: { Days: days },
    ...(noncurrent !== undefined && {
      NoncurrentVersionExpiration: { NoncurrentDays: noncurrent },
    }),
  }));

const lifecycle = fc.array(rule, { minLength: 1, maxLength: 4 }).map((rules) => ({
  Rules: rules.map((entry, index) => ({ ...entry, ID: `theirs-${index}` })),
}));

const statement = fc.record({
  effect: fc.constantFrom("Allow", "Deny"),
  principal: fc.constantFrom<unknown>({ AWS: "444455556666" }, { AWS: [callerRoleArn] }),
  action: fc.constantFrom<unknown>("s3:GetObjectTagging", [
    "s3:PutObjectTagging",
    "s3:GetObjectAcl",
  ]),
  path: fc.constantFrom("*", "shared/*", "é/?"),
});

const policy = fc.array(statement, { minLength: 1, maxLength: 3 }).chain((list) =>
  fc.nat(2).map((indent) =>
    JSON.stringify(
      {
        Version: "2012-10-17",
        Statement: list.map(({ effect, principal, action, path }, index) => ({
          Sid: `Theirs${index}`,
          Effect: effect,
          Principal: principal,
          Action: action,
          Resource: `arn:aws:s3:::${bucket}/${path}`,
        })),
      },
      null,
      indent,
    ),
  ),
);

const state: fc.Arbitrary<FakeBucket> = fc.record({
  region: fc.constant("us-east-1"),
  versioning: optional(fc.constantFrom("Enabled" as const, "Suspended" as const)),
  ownership: optional(fc.constantFrom("ObjectWriter" as const, "BucketOwnerEnforced" as const)),
  publicAccessBlock: optional(
    fc.record({
      BlockPublicAcls: fc.boolean(),
      IgnorePublicAcls: fc.boolean(),
      BlockPublicPolicy: fc.boolean(),
      RestrictPublicBuckets: fc.boolean(),
    }),
  ),
  lifecycle: optional(lifecycle),
  policy: optional(policy),
});

it("any bucket settles after one run, with other people's entries kept", async () => {
  await fc.assert(
    fc.asyncProperty(state, async (before) => {
      const admin = adminWith(before);
      const desired = desire();
      const plan = await planFor({ admin }, desired);
      const result = await applyPlan(plan, { admin }, { tools: new FakeTools() });
      expect(result.succeeded).toBe(true);
      admin.writes.length = 0;
      const again = await planFor({ admin }, desired);
      expect(again.summary.upToDate).toBe(true);
      const after = admin.buckets.get(bucket);
      const kept = new Set(plan.aspects.flatMap((aspect) => aspect.kept));
      for (const theirs of before.lifecycle?.Rules ?? []) {
        const same = after?.lifecycle?.Rules.find(({ ID }) => ID === theirs.ID);
        expect(same).toBeDefined();
        // What is not listed as kept was completed to be ours.
        const unchanged = same !== undefined && sameRule(same, theirs);
        expect(unchanged || !kept.has(`Rule ${theirs.ID}`)).toBe(true);
      }
      for (const text of statementTexts(before.policy)) expect(after?.policy).toContain(text);
    }),
    { numRuns: 60 },
  );
});

/** The statements as they stood, letter by letter. */
function statementTexts(text: string | undefined): string[] {
  if (text === undefined) return [];
  const list = text.slice(text.indexOf("[") + 1, text.lastIndexOf("]"));
  return list.split(/,(?=\s*\{\s*"Sid")/).map((piece) => piece.trim());
}
