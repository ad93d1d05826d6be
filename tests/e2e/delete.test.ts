import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

let live: LiveServer;
let count = 0;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

/** Objects under a prefix of their own. */
async function objects(...names: string[]): Promise<string> {
  count += 1;
  const prefix = `d${count}/`;
  for (const name of names) {
    const put = await live.run(["cp", "-", live.uri(prefix + name)], { input: name });
    expect(put.code).toBe(0);
  }
  return prefix;
}

async function keysUnder(prefix: string): Promise<unknown[]> {
  const { stdout } = await live.run(["ls", "-r", "--json", live.uri(prefix)]);
  return records(stdout)
    .filter(({ type }) => type === "object")
    .map(({ key }) => key);
}

describe("rm", () => {
  it("deletes one object, and only shows it with --dry-run", async () => {
    const prefix = await objects("a", "b");
    const dry = await live.run(["rm", "--dry-run", `${prefix}a`]);
    expect(dry).toMatchObject({ code: 0, stdout: `(dry run) delete ${live.uri(prefix)}a\n` });
    expect(await keysUnder(prefix)).toHaveLength(2);
    expect((await live.run(["rm", `${prefix}a`])).code).toBe(0);
    expect(await keysUnder(prefix)).toEqual([`${prefix}b`]);
  });

  it.each([
    ["d/", 2, "is a folder"],
    ["d", 2, "Add --recursive"],
    ["nothing", 3, "There is no object"],
  ])("claims no deletion of %s", async (name, code, text) => {
    const prefix = await objects("d/1.txt", "d/2.txt");
    for (const more of [[], ["--dry-run"]]) {
      const result = await live.run(["rm", prefix + name, ...more]);
      expect(result).toMatchObject({ code, stdout: "" });
      expect(result.stderr).toContain(text);
    }
    expect(await keysUnder(prefix)).toHaveLength(2);
  });

  it("deletes what wildcards and lists mean after a yes, and one key alone without", async () => {
    const prefix = await objects("a.tsv", "b.tsv", "c.log", "d");
    const pattern = live.uri(`${prefix}*.tsv`);
    const unasked = await live.run(["rm", pattern]);
    expect(unasked).toMatchObject({ code: 9, stdout: "" });
    expect(unasked.stderr).toContain("Delete 2 objects under");
    const shown = await live.run(["rm", "--dry-run", pattern]);
    expect(shown.stdout).toMatch(/^\(dry run\) delete/);
    expect(shown.stderr).toContain("2 would be deleted, 0 failed.");
    const named = await live.run(["rm", "--dry-run", `${prefix}a.tsv`, `${prefix}none`]);
    expect(named.stderr).toContain("1 would be deleted, 1 failed.");
    expect(await keysUnder(prefix)).toHaveLength(4);
    expect((await live.run(["rm", "--yes", pattern])).code).toBe(0);
    expect(await keysUnder(prefix)).toEqual([`${prefix}c.log`, `${prefix}d`]);
    const none = await live.run(["rm", "--yes", pattern]);
    expect(none).toMatchObject({ code: 3, stdout: "" });
    const several = await live.run(["rm", `${prefix}none`, `${prefix}c.log`]);
    expect(several.code).toBe(7);
    const input = `${prefix}d\n`;
    await live.run(["rm", "--yes", "--from-list", "-", live.uri("")], { input });
    expect(await keysUnder(prefix)).toEqual([]);
  });

  it("deletes what is selected by age, and all versions for good", async () => {
    const prefix = await objects("a", "b");
    expect((await live.run(["rm", "-r", "--yes", "--older-than", "1h", prefix])).code).toBe(3);
    await live.run(["rm", `${prefix}a`]);
    const json = ["rm", "-r", "--yes", "--versions", "--json", "--include", "a", prefix];
    const { code, stdout } = await live.run(json);
    expect(code).toBe(0);
    // The bytes and the marker.
    expect(records(stdout).at(-1)).toMatchObject({ type: "summary", found: 2, deleted: 2 });
    expect(await keysUnder(prefix)).toEqual([`${prefix}b`]);
    const versions = await live.run(["ls", "-r", "--versions", "--json", live.uri(prefix)]);
    expect(records(versions.stdout).filter(({ type }) => type === "version")).toHaveLength(1);
  });

  it("tells a deleted object from one that never was", async () => {
    const prefix = await objects("a");
    await live.run(["rm", `${prefix}a`]);
    const again = await live.run(["rm", `${prefix}a`]);
    expect(again).toMatchObject({ code: 3, stdout: "" });
    expect(again.stderr).toContain("is deleted already; the bucket keeps its older versions");
  });

  it("says that it cannot know where it may neither read nor list", async () => {
    const prefix = await objects("a");
    await addStatement({
      Sid: `Blind${count}`,
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${live.bucket}/${prefix}*`,
    });
    // It may list, and so sees all the same.
    expect((await live.run(["rm", `${prefix}none`])).code).toBe(3);
    expect((await live.run(["rm", `${prefix}a`])).code).toBe(0);
  });

  it("needs no key of its own (SSE-C) to see and delete an object", async () => {
    const place = `s3://${await bucketWithOwnKeys("own-keys", "a")}/a`;
    const read = await live.run(["cat", place], { env: live.administrator });
    expect(read).toMatchObject({ code: 2, stdout: "" });
    expect(read.stderr).toContain("--sse-c-key");
    const copied = await live.run(["cp", place, `${place}2`], { env: live.administrator });
    expect(copied.stderr).toContain("--sse-c-key");
    const asked = ["exists", place];
    expect((await live.run(asked, { env: live.administrator })).code).toBe(0);
    const removed = await live.run(["rm", place], { env: live.administrator });
    expect(removed).toMatchObject({ code: 0, stdout: `delete ${place}\n` });
    expect((await live.run(asked, { env: live.administrator })).code).toBe(3);
  });

  it("deletes a version for good", async () => {
    const prefix = await objects("a");
    const [head] = records((await live.run(["head", "--json", `${prefix}a`])).stdout);
    const version = String(head?.["versionId"]);
    await live.run(["rm", `${prefix}a`]);
    expect((await live.run(["cat", "--version-id", version, `${prefix}a`])).stdout).toBe("a");
    expect((await live.run(["rm", "--version-id", version, `${prefix}a`])).code).toBe(0);
    expect((await live.run(["cat", "--version-id", version, `${prefix}a`])).code).toBe(3);
  });

  it.each([
    ["a bucket", (bucket: string) => ["rm", `s3://${bucket}`], "--recursive"],
    ["nothing at all", () => ["rm", "-r", "--yes", ""], "is empty"],
    ["a misspelled address", () => ["rm", "S3://x/y"], "misspelled"],
    ["versions of a folder", () => ["rm", "-r", "--version-id", "v", "x/"], "--version-id"],
  ])("refuses %s", async (_name, command, text) => {
    const result = await live.run(command(live.bucket));
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(text);
  });
});

describe("rm --recursive", () => {
  it("needs --yes where there is nobody to ask, and names it", async () => {
    const prefix = await objects("a", "b");
    const result = await live.run(["rm", "-r", prefix], { input: "y\n" });
    expect(result).toMatchObject({ code: 9, stdout: "" });
    expect(result.stderr).toContain("Delete 2 objects under");
    expect(result.stderr).toContain("next: Run it again with --yes.");
    expect(await keysUnder(prefix)).toHaveLength(2);
  });

  it("deletes what is in the folder and nothing beside it", async () => {
    const prefix = await objects("exp-1/a", "exp-1/sub/b", "exp-10/c", "exp-1");
    const dry = await live.run(["rm", "-r", "--dry-run", `${prefix}exp-1`]);
    expect(dry.stdout.trim().split("\n")).toHaveLength(2);
    const result = await live.run(["rm", "-r", "--yes", `${prefix}exp-1`]);
    expect(result).toMatchObject({ code: 0, stderr: "2 deleted, 0 failed.\n" });
    expect(await keysUnder(prefix)).toEqual([`${prefix}exp-1`, `${prefix}exp-10/c`]);
    const again = await live.run(["rm", "-r", "--yes", `${prefix}exp-1`]);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain("is an object: leave --recursive out");
  });

  it("lists what could not be deleted and ends with 7", async () => {
    const prefix = await objects("keep/a", "go/b");
    const policy = {
      Sid: "Keep",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteObject",
      Resource: `arn:aws:s3:::${live.bucket}/${prefix}keep/*`,
    };
    await addStatement(policy);
    const result = await live.run(["rm", "-r", "--yes", "--json", prefix]);
    expect(result.code).toBe(7);
    const found = records(result.stdout);
    expect(found).toContainEqual({ type: "delete", bucket: live.bucket, key: `${prefix}go/b` });
    expect(found.filter(({ type }) => type === "failed")).toMatchObject([
      { key: `${prefix}keep/a`, code: "AccessDenied" },
    ]);
    expect(found.at(-1)).toMatchObject({ type: "summary", found: 2, deleted: 1, failed: 1 });
    expect(await keysUnder(prefix)).toEqual([`${prefix}keep/a`]);
  });
});

/** With an object under a key that the store does not keep. Answers the bucket. */
async function bucketWithOwnKeys(Bucket: string, Key: string): Promise<string> {
  const { administrator } = live;
  const client = new S3Client({
    region: "us-east-1",
    endpoint: live.endpoint,
    forcePathStyle: true,
    credentials: {
      accessKeyId: administrator["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: administrator["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  await client.send(new CreateBucketCommand({ Bucket }));
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const },
    BlockedEncryptionTypes: { EncryptionType: ["NONE" as const] },
  };
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const key = Buffer.alloc(32, 1).toString("base64");
  const own = { SSECustomerAlgorithm: "AES256", SSECustomerKey: key };
  await client.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...own }));
  client.destroy();
  return Bucket;
}

async function addStatement(statement: object): Promise<void> {
  const { createAwsBucketAdmin } = await import("../../src/aws/bucket-admin.ts");
  const { env } = live;
  const admin = createAwsBucketAdmin({
    region: "us-east-1",
    endpointUrl: live.endpoint,
    credentials: () =>
      Promise.resolve({
        accessKeyId: env["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: env["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
        sessionToken: env["STORAGE_S3_SESSION_TOKEN"] ?? "",
      }),
  });
  const empty = '{"Version":"2012-10-17","Statement":[]}';
  const text = (await admin.read(live.bucket, "policy")) ?? empty;
  const policy = JSON.parse(text) as { Statement: object[] };
  policy.Statement.push(statement);
  await admin.put(live.bucket, "policy", JSON.stringify(policy));
  admin.close();
}
