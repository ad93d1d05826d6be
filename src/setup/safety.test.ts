import { expect, it } from "vitest";
import { observe } from "./observe.ts";
import { bucketBlockers, bucketNotes } from "./safety.ts";
import {
  FakeBucketAdmin,
  newBucket,
  notImplemented,
} from "./testing-fixtures/fake-bucket-admin.ts";
import { adminWith, desire } from "./testing-fixtures/set-up-once.ts";

it.each([
  ["sms-api-storage-20261124", true],
  ["sms-api-storage", true],
  ["sms-api-storage-us-east-1", true],
  ["sms-api-storage-3f9a2b7c", false],
  ["sms-api-storage-a102030405", false],
  ["sms-111122223333-us-east-1-an", false],
])("of the name %s it is said that it can be guessed: %s", async (bucket, guessable) => {
  const desired = desire({ bucket, namespace: "global" });
  const observed = await observe({ admin: new FakeBucketAdmin() }, desired);
  const said = bucketNotes(desired, observed).some(({ text }) => text.includes("can be guessed"));
  expect(said).toBe(guessable);
});

it("a name of an account's own is judged by the account, where it is known", async () => {
  const desired = desire({
    bucket: "sms-111122223333-us-east-1-an",
    namespace: "account-regional",
  });
  const other = desire({ bucket: "sms-999922223333-us-east-1-an", namespace: "account-regional" });
  const codes = async (admin: FakeBucketAdmin, wish: typeof desired) =>
    bucketBlockers(wish, await observe({ admin }, wish)).map(({ code }) => code);
  expect(await codes(new FakeBucketAdmin(), desired)).toEqual([]);
  expect(await codes(new FakeBucketAdmin(), other)).toEqual(["bucket-name"]);
  const unknown = new FakeBucketAdmin();
  unknown.failures.set("getCallerIdentity", notImplemented());
  expect(await codes(unknown, other)).toEqual([]);
});

it.each([
  ["UPPER", "such as upper."],
  ["my_bucket", "such as my-bucket."],
  ["a..b__c", "such as a.b-c."],
  ["x".repeat(70), `such as ${"x".repeat(63)}.`],
  ["ab", "hyphens."],
])(
  "a name that no bucket of S3 can have is refused, with one that it can: %s",
  async (name, words) => {
    const wish = desire({ bucket: name });
    const [blocker] = bucketBlockers(wish, await observe({ admin: new FakeBucketAdmin() }, wish));
    expect(blocker).toMatchObject({ code: "bucket-name" });
    expect(blocker?.remedy.endsWith(words)).toBe(true);
  },
);

it.each([
  ["aws", "us-west-2", ["bucket-elsewhere"]],
  ["aws", "us-east-1", []],
  // What stores call a region where there are none.
  ["aws", "local", []],
  ["aws", "garage", []],
  ["qumulo", "eu-west-1", []],
] as const)("a bucket of %s in %s", async (backend, region, codes) => {
  const endpointUrl = "http://store:9000";
  const wish = desire(backend === "qumulo" ? { backend, endpointUrl } : { endpointUrl });
  const observed = await observe({ admin: adminWith(newBucket(region)) }, wish);
  expect(bucketBlockers(wish, observed).map(({ code }) => code)).toEqual(codes);
});
