import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { BucketAdmin } from "../../src/core/bucket-admin.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { getSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { runHere } from "../doctor/run-here.ts";

// What `drift` does with what is not there: nothing is written before all of it is known.

const bucket = "sms-drift-words";
let server: TestServer;
let folder: string;
let admin: BucketAdmin;
const file = () => join(folder, "sms-storage.yaml");
const env = () => join(folder, ".env");
const drift = (...args: string[]) => run(["drift", ...args]);

function run(args: readonly string[], ownCommand?: string) {
  const { STORAGE_S3_BUCKET: _, ...environment } = server.env;
  const place = { environment: { ...environment, HOME: folder }, cwd: folder };
  return runHere(args, { ...place, ...(ownCommand !== undefined && { ownCommand }) });
}

async function freshFolder(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "drift-"));
  await writeFile(file(), `version: 1\nbucket: ${bucket}\nversioning: Enabled\n`);
}

let envText: string;

beforeAll(async () => {
  server = await startTestServer();
  ({ admin } = await openBucketAdmin(getSettings({ environment: server.env, envFile: false })));
  await freshFolder();
  const { code, stderr } = await run(["setup", "--yes"]);
  if (code !== 0) throw new Error(stderr);
  envText = await readFile(env(), "utf8");
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  admin.close();
  await server.close();
});

beforeEach(async () => {
  await freshFolder();
  await writeFile(env(), envText);
  await admin.put(bucket, "versioning", "Enabled");
  await admin.put(bucket, "ownership", "BucketOwnerEnforced");
  return () => rm(folder, { recursive: true, force: true });
});

it("takes a place as doctor and teardown do, after --revert too, and names the bucket", async () => {
  const there = await run(["drift", `s3://${bucket}`]);
  expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining(bucket) });
  await change();
  expect((await drift()).stdout).toContain(`Drift on ${bucket}: 2 declared`);
  for (const words of [["s3://sms-other"], ["--revert", "s3://sms-other", "--yes"]]) {
    const other = await drift(...words);
    expect(other).toMatchObject({ code: 3, stdout: "" });
    expect(other.stderr).toContain("There is no bucket sms-other.");
    expect(other.stderr).toContain("sms-storage ls s3:// lists the buckets");
  }
  expect(await admin.read(bucket, "versioning")).toBe("Suspended");
  const both = await drift("--bucket", bucket, "s3://sms-other");
  expect(both).toMatchObject({ code: 2 });
  const two = await drift(`s3://${bucket}`, "--revert", "s3://sms-other");
  expect(two).toMatchObject({ code: 2 });
});

it("plan, setup, verify and export take the place as well", async () => {
  await rm(file());
  const place = `s3://${bucket}`;
  for (const words of [
    ["plan"],
    ["verify"],
    ["setup", "--yes"],
    ["export", "--format", "script"],
  ]) {
    const { code, stdout } = await run([...words, "--unmanaged", "policy", place]);
    expect([words, code]).toEqual([words, 0]);
    expect(stdout).toContain(bucket);
    const both = await run([...words, "--bucket", "sms-other", place]);
    expect(both).toMatchObject({ code: 2, stdout: "" });
    expect(both.stderr).toContain(`--bucket names sms-other, and ${place} another.`);
    const taken = await run([...words, "--principal", place]);
    expect(taken).toMatchObject({ code: 2, stdout: "" });
    expect(taken.stderr).toContain(`--principal takes a value, and ${place} is a bucket.`);
  }
});

it("verify --quiet that fails prints what failed, and no more", async () => {
  await change();
  const { code, stdout, stderr } = await run(["verify", "--quiet"]);
  expect({ code, stderr }).toEqual({ code: 8, stderr: "" });
  expect(stdout).toContain("Versioning: not as wished: Status is Suspended, wished Enabled");
  expect(stdout).not.toContain("Encryption");
});

async function change(): Promise<void> {
  await admin.put(bucket, "versioning", "Suspended");
  await admin.put(bucket, "ownership", "ObjectWriter");
}

const status = "declared:versioning:Status";
const ownership = "declared:ownership:ObjectOwnership";

it("a bucket that is not there is not found, and is not made", async () => {
  await rm(file());
  for (const more of [[], ["--revert", "--yes"], ["--record"], ["--accept", status]]) {
    const { code, stdout, stderr } = await drift("--bucket", `${bucket}-typo`, ...more);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`There is no bucket ${bucket}-typo.`);
  }
  expect(await readFile(env(), "utf8")).toBe(envText);
  expect(await readdir(folder)).toEqual([".env"]);
  expect(await admin.headBucket(`${bucket}-typo`)).toEqual({ state: "absent" });
});

it("nor is one of another account looked into", async () => {
  const { code, stderr } = await drift("--owner", "999999999999");
  expect(code).toBe(5);
  expect(stderr).toContain(`${bucket} is not of account 999999999999, or may not be seen`);
});

it.each([
  ["an id that is not there", ["--revert", status, "--accept", "x"], 'no drift "x" to accept'],
  [
    "one to go back that is not",
    ["--accept", status, "--revert", "x"],
    'no drift "x" to take back',
  ],
  ["two of which one is not", ["--accept", status, "x"], 'no drift "x" to accept'],
  ["one for both", ["--revert", status, "--accept", status], "cannot both go back and stay"],
])("%s is refused before anything is written", async (_, args, text) => {
  await change();
  const before = await readFile(file(), "utf8");
  const refused = await drift(...args, "--yes");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(text);
  const after = await drift();
  expect(after.stdout).toContain(status);
  expect(after.stdout).toContain(ownership);
  expect(await readFile(file(), "utf8")).toBe(before);
});

it("takes back all but what is to stay", async () => {
  await change();
  const { code, stdout } = await drift("--revert", "--yes", "--accept", status);
  expect(code).toBe(0);
  expect(stdout).toContain("ObjectOwnership ObjectWriter -> BucketOwnerEnforced");
  expect(await readFile(file(), "utf8")).toContain("versioning: Suspended");
});

it("prints its commands as it was called", async () => {
  await change();
  await writeFile(join(folder, "other.yaml"), await readFile(file(), "utf8"));
  await rm(file());
  const words = ["drift", "--file", "other.yaml", "--no-env", "--baseline", "its base.json"];
  const unread = await run(words);
  expect(unread).toMatchObject({ code: 2, stdout: "" });
  expect(unread.stderr).toContain("The baseline its base.json cannot be read");
  await run([...words, "--record"]);
  const { stdout } = await run(words, "node dist/cli/main.js");
  const call = "node dist/cli/main.js drift --file other.yaml --no-env --baseline 'its base.json'";
  expect(stdout).toContain(`    revert: ${call} --revert ${status}\n`);
  expect(stdout).toContain(`    accept: ${call} --accept ${ownership}\n`);
});

const statement = (Sid: string, more = {}) => ({
  Sid,
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::999999999999:role/partner" },
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${bucket}/shared/*`,
  ...more,
});
const policyOf = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const rule = (Prefix: string, Days: number) => ({
  ID: `of-${Prefix}`,
  Status: "Enabled" as const,
  Filter: { Prefix },
  Expiration: { Days },
});

it("puts back what nobody declared as the baseline has it, by its id, after showing it", async () => {
  const before = await admin.read(bucket, "lifecycle");
  const own = before?.Rules ?? [];
  const unnamed = { ...statement(""), Sid: undefined, Action: "s3:GetObjectTagging" };
  await admin.put(bucket, "policy", policyOf(statement("Partner"), statement("Gone"), unnamed));
  await admin.put(bucket, "tags", [{ Key: "team", Value: "lab" }]);
  await admin.put(bucket, "lifecycle", { Rules: [...own, rule("a/", 300)] });
  expect((await drift("--record")).code).toBe(0);
  const wide = { Resource: `arn:aws:s3:::${bucket}/*` };
  await admin.put(bucket, "policy", policyOf(statement("Partner", wide), statement("New")));
  await admin.put(bucket, "tags", [{ Key: "team", Value: "other" }]);
  await admin.put(bucket, "cors", {
    CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }],
  });
  await admin.put(bucket, "logging", {
    LoggingEnabled: { TargetBucket: bucket, TargetPrefix: "l/" },
  });
  await admin.put(bucket, "lifecycle", { Rules: [...own, rule("a/", 2), rule("b/", 3)] });

  const found = await drift();
  const ids = [...found.stdout.matchAll(/--revert '?(undeclared:[^'\n]+)'?/g)].map(
    ([, id = ""]) => id,
  );
  expect(ids).toHaveLength(9);
  // Never unasked.
  const all = await drift("--revert", "--yes");
  expect(all.code).toBe(10);
  expect(await admin.read(bucket, "cors")).toBeDefined();
  const unasked = await drift("--revert", ...ids);
  expect(unasked.code).toBe(9);
  expect(unasked.stdout).toContain("~ policy of sms-drift-words: back to what the baseline has");
  expect(unasked.stdout).toContain(
    `Resource: arn:aws:s3:::${bucket}/* -> arn:aws:s3:::${bucket}/shared/*`,
  );
  const one = await drift("--revert", "undeclared:Statement New", "--yes");
  expect(one.stdout).toContain("undeclared Statement Partner");
  expect(one.stdout).not.toContain("undeclared Statement New");
  const rest = ids.filter((id) => id !== "undeclared:Statement New");
  const back = await drift("--revert", ...rest, "--yes");
  expect({ code: back.code, stdout: back.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`No drift: ${bucket} is as declared and as recorded.`),
  });
  expect(back.stderr).toContain("policy: as recorded; the old one is kept in");
  const policy = JSON.parse((await admin.read(bucket, "policy")) ?? "{}") as {
    Statement: unknown[];
  };
  expect(policy.Statement).toHaveLength(3);
  expect(await admin.read(bucket, "cors")).toBeUndefined();
  expect(await admin.read(bucket, "tags")).toEqual([{ Key: "team", Value: "lab" }]);
  await admin.remove(bucket, "policy");
  await admin.remove(bucket, "tags");
  if (before !== undefined) await admin.put(bucket, "lifecycle", before);
});

it("never puts back a statement that would shut out whoever asks", async () => {
  const shut = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: `arn:aws:s3:::${bucket}`,
  };
  const recorded = statement("Shut", { ...shut, Action: "s3:PutBucketCORS" });
  await admin.put(bucket, "policy", policyOf(recorded));
  expect((await drift("--record")).code).toBe(0);
  const path = join(folder, "sms-storage.baseline.json");
  await writeFile(path, (await readFile(path, "utf8")).replace("s3:PutBucketCORS", "s3:*"));
  const refused = await drift("--revert", "undeclared:Statement Shut", "--yes");
  expect(refused.code).toBe(8);
  expect(await admin.read(bucket, "policy")).toBe(policyOf(recorded));
  await admin.remove(bucket, "policy");
});

it("does not put one document twice", async () => {
  expect((await drift("--record")).code).toBe(0);
  const before = await admin.read(bucket, "lifecycle");
  if (before === undefined) throw new Error("no rules");
  await admin.put(bucket, "lifecycle", { Rules: [...before.Rules, rule("c/", 3)] });
  const ids = ["declared:lifecycle:Rule sms-storage-test-files", "undeclared:Rule of-c/"];
  const refused = await drift("--test-days", "99", "--revert", ...ids, "--yes");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("are of one document");
  await admin.put(bucket, "lifecycle", before);
});

/** The guide's bucket with a guard, recorded; then somebody takes parts away. */
async function guarded(): Promise<void> {
  expect((await run(["setup", "--yes", "--guard", "account"])).code).toBe(0);
  expect((await drift("--record")).code).toBe(0);
}

it("verify misses what was recorded and is gone, and says what it could not compare", async () => {
  await guarded();
  expect((await run(["verify"])).stderr).not.toContain("Not compared");
  await admin.remove(bucket, "policy");
  const missed = await run(["verify"]);
  expect(missed.code).toBe(8);
  expect(missed.stderr).toContain(
    "Bucket policy: not as wished: Statement SmsStorageGuard is missing",
  );

  const path = join(folder, "sms-storage.baseline.json");
  await writeFile(path, (await readFile(path, "utf8")).replace(bucket, "sms-another"));
  const unrecorded = await run(["verify", "--test-days", "7"]);
  expect(unrecorded.code).toBe(0);
  expect(unrecorded.stderr).toContain("is of the bucket sms-another, not of");
  expect(unrecorded.stderr).toMatch(
    /Not compared: policy.access,.* policy.guard, lifecycle.testPrefix,/,
  );
  expect(unrecorded.stderr).not.toContain("lifecycle.testDays");
  expect(unrecorded.stderr).toContain("sms-storage drift --test-days 7 --record");
  expect((await run(["verify", "--baseline", path])).code).toBe(2);
  expect((await run(["verify", "--baseline", "none.json"])).code).toBe(2);

  await rm(path);
  const drifted = await drift();
  expect(drifted.code).toBe(0);
  expect(drifted.stdout).toContain("Not compared: policy.access");
  expect(drifted.stdout).toContain("is as declared. Nothing was recorded.");
  // S3 gives out an empty document of a bucket that logs nothing.
  expect(drifted.stdout).not.toContain("logging");
});

it("verify takes what was accepted for well, as long as it is as it was accepted", async () => {
  await rm(file());
  await change();
  expect((await drift("--bucket", bucket, "--accept", status, ownership)).code).toBe(0);
  const accepted = await run(["verify", `s3://${bucket}`]);
  expect(accepted.code).toBe(0);
  expect(accepted.stderr).toContain(
    "Status is Suspended, wished Enabled; accepted in the baseline",
  );
  await admin.put(bucket, "ownership", "BucketOwnerPreferred");
  expect((await run(["verify", `s3://${bucket}`])).code).toBe(8);
});

it("takes nothing back to a value that nobody knows, but by the set-up's defaults when they are wished", async () => {
  const before = await admin.read(bucket, "lifecycle");
  await change();
  await admin.remove(bucket, "lifecycle");
  const id = "declared:lifecycle:Rule sms-storage-test-files";
  for (const words of [[], [id], [status, id]]) {
    const refused = await drift("--revert", ...words, "--yes");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("says what it was (lifecycle.testPrefix, lifecycle.testDays");
    expect(refused.stderr).toContain("With --defaults it becomes");
  }
  expect(await admin.read(bucket, "versioning")).toBe("Suspended");
  expect((await drift("--revert", status, "--yes")).stderr).toContain("Versioning");
  expect(await admin.read(bucket, "lifecycle")).toBeUndefined();
  await drift("--revert", "--defaults", "--yes");
  expect(await admin.read(bucket, "lifecycle")).toEqual(before);
  await admin.remove(bucket, "lifecycle");
  const said = ["--test-prefix", "test/", "--test-days", "9"];
  const clean = ["--noncurrent-days", "8", "--abort-upload-days", "6"];
  expect((await drift("--revert", "--yes", ...said, ...clean)).code).toBe(0);
  expect(JSON.stringify(await admin.read(bucket, "lifecycle"))).toContain('"Days":9');
  if (before !== undefined) await admin.put(bucket, "lifecycle", before);
});
