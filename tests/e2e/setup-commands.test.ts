import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAwsBucketAdmin } from "../../src/aws/bucket-admin.ts";
import type { BucketAdmin } from "../../src/core/bucket-admin.ts";
import { ownCommand } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// plan, apply, setup and verify as processes.

let live: LiveServer;
let admin: BucketAdmin;
let count = 0;

beforeAll(async () => {
  live = await startLiveServer();
  const { administrator } = live;
  admin = createAwsBucketAdmin({
    region: "us-east-1",
    endpointUrl: live.endpoint,
    credentials: () =>
      Promise.resolve({
        accessKeyId: administrator["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: administrator["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
      }),
  });
});

afterAll(async () => {
  admin.close();
  await live.stop();
});

const freshBucket = () => `sms-e2e-setup-${(count += 1)}`;
const on = (bucket: string, ...args: string[]) =>
  live.run([...args, "--bucket", bucket, "--no-env"]);
const presence = async (bucket: string) => (await admin.headBucket(bucket)).state;

describe("plan", () => {
  it("shows what it would do, changes nothing, and ends with 10 when asked", async () => {
    const bucket = freshBucket();
    const result = await on(bucket, "plan");
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/^Nothing was changed\. .*\n$/);
    expect(result.stderr).toContain(`${ownCommand} setup with`);
    expect(result.stdout).toContain(`+ Bucket: create ${bucket} in us-east-1`);
    expect(result.stdout).toMatch(/\nPlan: \d+ to add, 0 to change, 0 to remove\.\n$/);
    expect((await on(bucket, "plan", "--detailed-exitcode")).code).toBe(10);
    expect(await presence(bucket)).toBe("absent");
    expect((await on(live.bucket, "plan", "--detailed-exitcode")).code).toBe(0);
  });

  it("names the region where the bucket really is, and ends with 8", async () => {
    const result = await on(live.bucket, "plan", "--region", "eu-west-1");
    expect(result.code).toBe(8);
    expect(result.stdout).toContain("is in us-east-1, not in eu-west-1");
    expect(result.stdout).toContain("STORAGE_S3_REGION=us-east-1");
  });

  it("ends with 4 for a region of a partition where the keys are unknown", async () => {
    const result = await on(live.bucket, "plan", "--region", "us-gov-west-1");
    expect(result.code).toBe(4);
    expect(result.stderr).toContain("scoped to a valid region, such as us-east-1");
  });

  it.each([
    [["--principal", "nonsense"], "no ARN"],
    [["--test-prefix", ""], "every object"],
    [["--test-prefix", "exp-1"], "such as exp-10/"],
    [["--principal", "caller", "arn:aws:iam::111122223333:role/x"], "stands alone"],
    [["--access", "everything"], "read-write"],
    [["--owner", "12"], "twelve digits"],
    [["--out", "no-such-folder/plan.json"], "cannot be saved"],
  ])("refuses %j", async (args, text) => {
    const result = await on(freshBucket(), "plan", ...args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(text);
    expect(result.stderr).toContain("next:");
  });
});

describe("apply", () => {
  it("does what a saved plan says, and refuses it when the bucket changed meanwhile", async () => {
    const bucket = freshBucket();
    const saved = await on(bucket, "plan", "--out", "plan.json");
    expect(saved.stderr).toContain(`${ownCommand} apply plan.json`);
    expect((await stat(join(live.folder, "plan.json"))).mode & 0o777).toBe(0o600);
    const applied = await live.run(["apply", "plan.json"]);
    expect(applied).toMatchObject({ code: 0, stdout: `${bucket} is set up.\n` });
    expect(applied.stderr).toContain(`Prove it with: ${ownCommand} verify s3://${bucket}`);
    expect(await presence(bucket)).toBe("present");
    const stale = await live.run(["apply", "plan.json"]);
    expect(stale).toMatchObject({ code: 6, stdout: "" });
    expect(stale.stderr).toContain("stale");
    expect(stale.stderr).toContain("next: Make a new plan");
  });

  it.each([
    ["text", "not a plan"],
    ["other.json", '{"formatVersion":1}'],
    ["null.json", "null"],
  ])("refuses %s, which is no plan", async (name, text) => {
    await writeFile(join(live.folder, name), text);
    const result = await live.run(["apply", name]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("next:");
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it("takes the region from the plan, and refuses to take it to another store", async () => {
    const bucket = freshBucket();
    await on(bucket, "plan", "--out", "place.json");
    const { STORAGE_S3_REGION: _region, ...env } = live.env;
    const elsewhere = { ...env, STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:1" };
    const refused = await live.run(["apply", "place.json"], { env: elsewhere });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`The plan is for ${live.endpoint}, region us-east-1`);
    const moved = { ...env, AWS_REGION: "eu-west-1" };
    expect((await live.run(["apply", "place.json"], { env: moved })).code).toBe(0);
  });

  it("names a plan that is not there", async () => {
    const result = await live.run(["apply", "none.json"]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("none.json cannot be read");
  });
});

describe("setup", () => {
  it("shows the plan and needs --yes where there is nobody to ask", async () => {
    const bucket = freshBucket();
    const result = await live.run(["setup", "--bucket", bucket, "--no-env"], { input: "y\n" });
    expect(result.code).toBe(9);
    expect(result.stdout).toContain("Plan:");
    expect(result.stderr).toContain("next: Run it again with --yes.");
    expect(await presence(bucket)).toBe("absent");
  });

  it("applies and proves, writes .env without keys, and has nothing to do the second time", async () => {
    const bucket = freshBucket();
    const first = await live.run(["setup", "--yes", "--bucket", bucket]);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain(`${bucket} is set up and usable.`);
    expect(first.stderr).toContain(`Try it with: ${ownCommand} cp FILE s3://${bucket}/KEY`);
    expect(first.stderr).toContain("(s3:PutObject)");
    const dotenv = await readFile(join(live.folder, ".env"), "utf8");
    expect(dotenv).toContain(`STORAGE_S3_BUCKET=${bucket}\n`);
    expect(dotenv).not.toMatch(/KEY|TOKEN|SECRET/);
    const second = await live.run(["setup", "--bucket", bucket]);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain("No changes: the bucket is as wished.");
  });

  it("keeps the statements and rules of others, and shows them", async () => {
    const bucket = freshBucket();
    await admin.createBucket({ bucket, region: "us-east-1" });
    const theirs = {
      Sid: "Theirs",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${live.accountId}:root` },
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${bucket}/shared/*`,
    };
    const policy = { Version: "2012-10-17", Statement: [theirs] };
    await admin.put(bucket, "policy", JSON.stringify(policy));
    const plan = await on(bucket, "plan");
    expect(plan.stdout).toContain("Statement Theirs (not ours, kept)");
    const powerless = `arn:aws:iam::${live.accountId}:user/powerless`;
    const result = await on(bucket, "setup", "--yes", "--principal", powerless);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("+   Statement SmsStorageObjects");
    // The old policy is kept in a file as well, and the line says where.
    expect(result.stderr).toMatch(/the old one is kept in \S+policy\.json/);
    const stored = JSON.parse((await admin.read(bucket, "policy")) ?? "") as typeof policy;
    expect(stored.Statement).toContainEqual(theirs);
  });

  it("remembers what a bucket was set up with, and says what a flag would change", async () => {
    const bucket = freshBucket();
    const lab = "arn:aws:iam::999999999999:role/lab";
    const own = ["--test-prefix", "scratch/", "--noncurrent-days", "365", "--access", "least"];
    const first = await on(bucket, "setup", "--yes", "--principal", lab, ...own);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain(`Principal.AWS: ${lab}`);
    expect(first.stdout).toMatch(/^! .*another account.*: 999999999999/m);
    expect((await on(bucket, "verify")).code).toBe(0);
    expect((await on(bucket, "plan", "--detailed-exitcode")).code).toBe(0);
    const shorter = await on(bucket, "plan", "--noncurrent-days", "90");
    expect(shorter.stdout).toContain("NoncurrentVersionExpiration.NoncurrentDays: 365 -> 90");
    expect(shorter.stdout).toMatch(/^! .*after 90 days instead of 365/m);
    expect(shorter.stdout).not.toContain("Statement");
  });

  it("reports as records with --json", async () => {
    const { stdout, code } = await on(freshBucket(), "setup", "--yes", "--json");
    expect(code).toBe(0);
    expect(records(stdout).map(({ type }) => type)).toEqual(["plan", "apply", "verify"]);
  });
});

describe("verify", () => {
  it("ends with 8 and names the permission that is missing", async () => {
    const result = await live.run(["verify", "--no-env"], { env: live.powerless });
    expect(result.code).toBe(8);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain("s3:PutObject");
    expect(result.stderr).toMatch(
      /\d+ of \d+ checks failed\.\n {2}next: find out why with .* doctor s3:\S+\n$/,
    );
  });

  it("ends with 0 on a bucket that is done right, and leaves nothing behind", async () => {
    const result = await live.run(["verify", "--no-env"]);
    expect(result).toMatchObject({ code: 0, stdout: `${live.bucket} is set up and usable.\n` });
    expect((await live.run(["ls", "-r"])).stdout).toBe("");
  });

  it("ends with 4 when the session is over", async () => {
    const result = await live.run(["verify", "--no-env"], { env: live.expired });
    expect(result.code).toBe(4);
    expect(result.stderr).toContain("next:");
  });
});

describe("next steps", () => {
  it.each(["plan", "setup"])(
    "%s refuses a name that no bucket can have, with one that it can",
    async (name) => {
      const result = await live.run([name, "s3://UPPER_case", "--no-env"]);
      expect(result).toMatchObject({ code: 2, stdout: "" });
      expect(result.stderr).toContain('The bucket name "UPPER_case" holds capital letters');
      expect(result.stderr).toContain("such as upper-case.");
    },
  );

  it("a saved plan is applied with --yes as without", async () => {
    const bucket = freshBucket();
    const file = join(live.folder, `${bucket}.json`);
    await on(bucket, "plan", "--out", file);
    expect((await live.run(["apply", file, "--yes"])).code).toBe(0);
    expect(await presence(bucket)).toBe("present");
  });

  it("verify says how a bucket that is not there is made, in the same store and as wished", async () => {
    const there = ["--endpoint-url", live.endpoint];
    const { code, stderr } = await on("nobody-made-this", "verify", ...there, "--test-days", "3");
    expect(code).toBe(8);
    expect(stderr).toContain(
      `next: make it with ${ownCommand} setup s3://nobody-made-this ${there.join(" ")} --test-days 3 --no-env, or`,
    );
    expect(stderr).toContain(`${ownCommand} ls s3:// ${there.join(" ")} lists`);
  });

  it("policy show of a bucket without one says what to do", async () => {
    const bucket = freshBucket();
    await admin.createBucket({ bucket, region: "us-east-1" });
    const { code, stderr } = await live.run(["policy", "show", `s3://${bucket}`]);
    expect(code).toBe(3);
    expect(stderr).toContain(`next: A policy of your own`);
    expect(stderr).toContain(`${ownCommand} plan s3://${bucket}`);
  });

  it("plan names a recorded statement that is gone", async () => {
    const bucket = freshBucket();
    const file = join(live.folder, `${bucket}-baseline.json`);
    await on(bucket, "setup", "--yes", "--guard", "account");
    await on(bucket, "drift", "--record", "--baseline", file);
    expect((await on(bucket, "plan", "--baseline", file)).stdout).not.toContain("was recorded");
    await on(bucket, "setup", "--yes", "--guard", "none");
    const { code, stdout } = await on(bucket, "plan", "--baseline", file);
    expect(code).toBe(0);
    expect(stdout).toContain("Statement SmsStorageGuard was recorded and is gone");
    const [, call = ""] =
      / (drift --bucket .* --revert 'declared:\S+ SmsStorageGuard')/.exec(stdout) ?? [];
    const words = call.replaceAll("'", "").split(" ");
    const id = words.splice(-2).join(" ");
    expect((await live.run([...words, id, "--yes", "--no-env"])).code).toBe(0);
    expect((await on(bucket, "plan", "--baseline", file)).stdout).not.toContain("was recorded");
  });
});
