import { describe, expect, it } from "vitest";
import type { LifecycleRule } from "../core/bucket-settings.ts";
import type { DesiredStateInput } from "./desired-state.ts";
import {
  callerRole,
  newBucket,
  type FakeBucketAdmin,
} from "./testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  fakeEnvFile,
  FakeTools,
  planFor,
  setUp,
} from "./testing-fixtures/set-up-once.ts";
import { FakeStore } from "../probes/testing-fixtures/fake-store.ts";
import { verifySetup } from "./verify.ts";

// What was wished once stays when the set-up runs again without saying it: the bucket remembers.

type Wish = Partial<DesiredStateInput>;

const lab = "arn:aws:iam::111122223333:role/lab/Analysis";
const plainHttp = "http://127.0.0.1:9000";

const wishes: readonly [string, Wish][] = [
  ["days of test files", { lifecycle: { testDays: 30 } }],
  ["days of old versions", { lifecycle: { noncurrentDays: 365 } }],
  ["days of unfinished uploads", { lifecycle: { abortUploadDays: 2 } }],
  ["prefix of test files", { lifecycle: { testPrefix: "scratch/x/" } }],
  ["least access", { policy: { access: "least" } }],
  ["administrators' access", { policy: { access: "admin" } }],
  ["no access", { policy: { access: "none" } }],
  ["principals", { policy: { principals: [lab, `${lab}2`] } }],
  [
    "principals of another account",
    { policy: { principals: ["arn:aws:iam::999999999999:user/u"] } },
  ],
  ["the stable form", { policy: { form: "stable" } }],
  ["no TLS-only statement", { policy: { tlsOnly: false } }],
  [
    "all of it",
    {
      lifecycle: { testPrefix: "t/", testDays: 1, noncurrentDays: 2, abortUploadDays: 3 },
      policy: { access: "least", principals: [lab], form: "stable", tlsOnly: false },
    },
  ],
];

async function once(wish: Wish): Promise<FakeBucketAdmin> {
  const admin = adminWith();
  expect((await setUp({ admin }, desire(wish))).succeeded).toBe(true);
  return admin;
}

async function verify(admin: FakeBucketAdmin, wish: Wish = {}) {
  const options = { tools: new FakeTools(), randomPart: "r" };
  return verifySetup(desire(wish), { admin }, new FakeStore().asStore(), options);
}

async function warningsFor(rules: readonly LifecycleRule[], wish: Wish): Promise<string> {
  const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: rules } });
  const { notes } = aspectOf(await planFor({ admin }, desire(wish)), "lifecycle");
  return notes
    .filter(({ level }) => level === "warning")
    .map(({ text }) => text)
    .join("\n");
}

async function envCheck(values: Map<string, string>, wish: Wish = {}) {
  const admin = await once({});
  const target = { admin, envFile: fakeEnvFile(values) };
  const options = { tools: new FakeTools(), randomPart: "r" };
  const report = await verifySetup(desire(wish), target, new FakeStore().asStore(), options);
  return report.checks.find(({ name }) => name === "env-file");
}

describe("set up again", () => {
  it.each(wishes)("keeps %s", async (_what, wish) => {
    const admin = await once(wish);
    const before = admin.buckets.get(bucket);
    expect((await planFor({ admin })).summary.upToDate).toBe(true);
    expect((await setUp({ admin })).succeeded).toBe(true);
    expect(admin.buckets.get(bucket)).toEqual(before);
    expect((await verify(admin)).passed).toBe(true);
  });

  it("keeps them on an endpoint of plain http too, where nothing may be left of the policy", async () => {
    const wish = { endpointUrl: plainHttp, policy: { access: "none" as const } };
    const admin = await once(wish);
    const asItIs = { endpointUrl: plainHttp, policy: { accessIfUnset: "none" as const } };
    expect((await verify(admin, asItIs)).passed).toBe(true);
  });

  it("changes what is said and keeps the rest", async () => {
    const admin = await once({ policy: { principals: [lab] }, lifecycle: { noncurrentDays: 365 } });
    await setUp({ admin }, desire({ policy: { access: "least" }, lifecycle: { testDays: 30 } }));
    const { policy, lifecycle } = admin.buckets.get(bucket) ?? {};
    expect(policy).toContain(lab);
    expect(policy).not.toContain(callerRole);
    expect(policy).not.toContain("s3:GetObjectVersion");
    expect(JSON.stringify(lifecycle)).toMatch(/"Days":30.*"NoncurrentDays":365/);
    await setUp({ admin }, desire({ policy: { form: "stable" } }));
    expect(admin.buckets.get(bucket)?.policy).toContain(`"aws:PrincipalArn":"${lab}"`);
  });

  it("takes the TLS-only statement back when that is said, and the policy when nothing is left", async () => {
    const admin = await once({ policy: { access: "none" } });
    const off = desire({ policy: { access: "none", tlsOnly: false } });
    const { steps } = await setUp({ admin }, off);
    expect(steps.find(({ aspect }) => aspect === "policy")).toMatchObject({ outcome: "applied" });
    expect(admin.buckets.get(bucket)?.policy).toBeUndefined();
  });

  it("warns where plain http is not refused", async () => {
    const admin = await once({ policy: { tlsOnly: false } });
    const notes = aspectOf(await planFor({ admin }), "policy").notes;
    expect(notes).toContainEqual({
      level: "warning",
      text: "Plain http is not refused, as it was set up; ask for TLS only to have it refused.",
    });
    const check = (await verify(admin)).checks.find(({ name }) => name === "policy");
    expect(check).toMatchObject({
      status: "passed",
      detail: expect.stringContaining("not refused"),
    });
  });

  it.each([
    [
      "a principal edited to everybody",
      (text: string) => text.replaceAll(/\{"AWS":"[^"]+"\}/g, '"*"'),
    ],
    [
      "a principal that is gone",
      (text: string) => text.replaceAll(/arn:aws:iam::[^"]+/g, "AROADEADDEADDEAD0001"),
    ],
    ["actions that are none of ours", (text: string) => text.replace('"s3:GetObject"', '"s3:*"')],
    ["an action taken out", (text: string) => text.replace('"s3:PutObject",', "")],
    ["another resource", (text: string) => text.replace(`${bucket}/*`, `${bucket}/a/*`)],
  ])("mends %s", async (_what, edit) => {
    const admin = await once({});
    const good = admin.buckets.get(bucket)?.policy ?? "";
    const edited = edit(good);
    expect(edited).not.toBe(good);
    await admin.put(bucket, "policy", edited);
    expect((await verify(admin)).passed).toBe(false);
    expect((await setUp({ admin })).succeeded).toBe(true);
    expect(admin.buckets.get(bucket)?.policy).toBe(good);
  });
});

describe("a shorter retention is a warning with both values", () => {
  it("of our own rules", async () => {
    const admin = await once({
      lifecycle: { testDays: 41, noncurrentDays: 365, abortUploadDays: 9 },
    });
    const shorter = { testDays: 12, noncurrentDays: 90, abortUploadDays: 1 };
    const plan = await planFor({ admin }, desire({ lifecycle: shorter }));
    const texts = aspectOf(plan, "lifecycle").notes.map(({ text }) => text);
    expect(texts).toEqual([
      "Objects under test/ are deleted after 12 days instead of 41; what is older goes at once.",
      "Old versions anywhere are deleted after 90 days instead of 365; what is older goes at once.",
      "Unfinished uploads anywhere are deleted after 1 day instead of 9; what is older goes at once.",
    ]);
  });

  it("is none when it grows", async () => {
    const admin = await once({});
    const longer = desire({ lifecycle: { testDays: 8, noncurrentDays: 31, abortUploadDays: 8 } });
    expect(aspectOf(await planFor({ admin }, longer), "lifecycle").notes).toEqual([]);
  });

  it.each<[string, Partial<LifecycleRule>, string]>([
    [
      "was of fewer objects",
      { Filter: { And: { Prefix: "test/", Tags: [{ Key: "a", Value: "b" }] } } },
      "Objects under test/ are deleted after 7 days instead of never, the rule was of other objects; what is older goes at once.",
    ],
    [
      "kept the newest versions",
      { NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 3 } },
      "Old versions under test/ are deleted after 1 day instead of never for the newest 3; what is older goes at once.",
    ],
    [
      "kept old versions longer",
      { NoncurrentVersionExpiration: { NoncurrentDays: 100 } },
      "Old versions under test/ are deleted after 1 day instead of 100; what is older goes at once.",
    ],
  ])("of a rule of ours that %s after it was edited", async (_what, edit, text) => {
    const admin = await once({});
    const rules = admin.buckets.get(bucket)?.lifecycle?.Rules ?? [];
    const edited = rules.map((rule) =>
      rule.ID === "sms-storage-test-files" ? { ...rule, ...edit } : rule,
    );
    expect(await warningsFor(edited, {})).toContain(text);
  });

  it("a rule of ours that was turned off stays so until something is said about it", async () => {
    const admin = await once({});
    const rules = admin.buckets.get(bucket)?.lifecycle?.Rules ?? [];
    const off = rules.map((rule) => ({ ...rule, Status: "Disabled" as const }));
    await admin.put(bucket, "lifecycle", { Rules: off });
    const plan = aspectOf(await planFor({ admin }), "lifecycle");
    expect(plan.changes).toEqual([]);
    expect(plan.notes.map(({ text }) => text)).toEqual([
      "Rule sms-storage-test-files is turned off, so that it deletes nothing.",
      "Rule sms-storage-clean-up is turned off, so that it deletes nothing.",
    ]);
    const said = aspectOf(
      await planFor({ admin }, desire({ lifecycle: { testDays: 7 } })),
      "lifecycle",
    );
    expect(said.notes.map(({ text }) => text)).toContain(
      "Objects under test/ are deleted after 7 days instead of never, the rule was off; what is older goes at once.",
    );
  });

  it("of other people's rules on some of the same objects", async () => {
    const theirs: LifecycleRule = {
      ID: "keep",
      Status: "Enabled",
      Filter: { Prefix: "runs/" },
      NoncurrentVersionExpiration: { NoncurrentDays: 365 },
    };
    expect(await warningsFor([theirs], {})).toBe(
      "Old versions anywhere are deleted after 30 days instead of 365 by Rule keep, which stays;" +
        " what is older goes at once.",
    );
    expect(await warningsFor([{ ...theirs, Status: "Disabled" }], {})).toBe("");
    expect(await warningsFor([theirs], { lifecycle: { noncurrentDays: 365 } })).toBe("");
  });

  it("also of a rule that was completed under the ID that it had", async () => {
    const guide: LifecycleRule = {
      ID: "guide",
      Status: "Enabled",
      Prefix: "test/",
      Expiration: { Days: 7 },
    };
    const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: [guide] } });
    await setUp({ admin });
    await setUp({ admin }, desire({ lifecycle: { testDays: 30 } }));
    const rules = () => admin.buckets.get(bucket)?.lifecycle?.Rules ?? [];
    expect(rules().map(({ ID, Expiration }) => [ID, Expiration?.Days])).toEqual([
      ["guide", 30],
      ["sms-storage-clean-up", undefined],
    ]);
    expect((await planFor({ admin })).summary.upToDate).toBe(true);
  });
});

describe("the prefix of test files", () => {
  it.each(["exp-1", "a/b", "*"])("%s would take others with it and is refused", (testPrefix) => {
    expect(() => desire({ lifecycle: { testPrefix } })).toThrow(/only begins alike, such as/);
  });

  it("of an older set-up stays, with a warning", async () => {
    const admin = await once({ lifecycle: { testPrefix: "exp-1/" } });
    const { lifecycle } = admin.buckets.get(bucket) ?? {};
    const text = JSON.stringify(lifecycle).replace("exp-1/", "exp-1");
    await admin.put(bucket, "lifecycle", JSON.parse(text) as { Rules: LifecycleRule[] });
    const plan = aspectOf(await planFor({ admin }), "lifecycle");
    expect(plan.changes).toEqual([]);
    expect(plan.notes[0]?.text).toContain("has no slash at its end");
  });
});

describe(".env", () => {
  it("of another bucket says nothing against this one", async () => {
    expect(await envCheck(new Map([["STORAGE_S3_BUCKET", "other"]]))).toMatchObject({
      status: "skipped",
      detail: "it is for the bucket other",
    });
    expect(await envCheck(new Map())).toMatchObject({ status: "skipped" });
  });

  it("of this bucket is judged", async () => {
    const values = new Map([["STORAGE_S3_BUCKET", bucket]]);
    expect(await envCheck(values)).toMatchObject({
      status: "failed",
      detail: "not as wished: STORAGE_S3_REGION is not set, wished us-east-1",
    });
    values.set("STORAGE_S3_REGION", "us-east-1");
    expect((await envCheck(values))?.status).toBe("passed");
  });

  it("of a Qumulo store has Qumulo's variables", () => {
    const endpointUrl = "https://q.example.org";
    expect(desire({ backend: "qumulo", endpointUrl }).envFile).toEqual({
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_BUCKET: bucket,
      STORAGE_QUMULO_ENDPOINT_URL: endpointUrl,
    });
  });
});
