import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// mb, rb and ls of buckets as processes, on the built command.

let live: LiveServer;
let noBucket: Record<string, string>;

beforeAll(async () => {
  live = await startLiveServer();
  const { STORAGE_S3_BUCKET: _unset, ...rest } = live.administrator;
  noBucket = rest;
});

afterAll(() => live.stop());

const run = (args: readonly string[], input = ""): Promise<CommandResult> =>
  live.run(args, { env: noBucket, input });

async function bucketNames(): Promise<unknown[]> {
  const { stdout } = await run(["ls", "--json", "s3://"]);
  return records(stdout).map(({ bucket }) => bucket);
}

describe("ls of buckets", () => {
  it("lists them for s3://, and where no bucket is configured", async () => {
    const record = { type: "bucket", bucket: live.bucket, region: "us-east-1" };
    for (const place of [["s3://"], []]) {
      const { stdout, code } = await run(["ls", "--json", ...place]);
      expect(code).toBe(0);
      expect(records(stdout)).toContainEqual(expect.objectContaining(record));
    }
    const text = await run(["ls"]);
    expect(text.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d us-east-1 +sms-e2e-bucket$/m);
    const configured = await live.run(["ls"]);
    expect(configured.stdout).not.toContain(live.bucket);
  });

  it("says what is denied, and what makes no sense", async () => {
    const denied = await live.run(["ls", "s3://"], { env: live.powerless });
    expect(denied.code).toBe(5);
    expect(denied.stderr).toContain("s3:ListAllMyBuckets");
    expect(await run(["ls", "-r", "s3://"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("mb", () => {
  it("makes a bucket in the region asked for, once", async () => {
    const made = await run(["mb", "--json", "--region", "eu-central-1", "s3://mb-one"]);
    expect(made.code).toBe(0);
    expect(records(made.stdout)).toEqual([
      { type: "make-bucket", bucket: "mb-one", region: "eu-central-1" },
    ]);
    const again = await run(["mb", "--region", "eu-central-1", "s3://mb-one"]);
    expect(again).toMatchObject({ code: 6, stdout: "" });
    expect(again.stderr).toContain("exists already; nothing was made");
    // Where AWS itself answers success.
    expect((await run(["mb", "s3://mb-two"])).stdout).toBe("make s3://mb-two\n");
    expect((await run(["mb", "s3://mb-two"])).code).toBe(6);
  });

  it.each(["mb-three", "s3://mb-three/key", "s3://", "s3://UPPER..", ""])(
    "refuses the place %j",
    async (place) => {
      expect(await run(["mb", place])).toMatchObject({ code: 2, stdout: "" });
    },
  );
});

describe("rb", () => {
  it("removes an empty bucket, and says when there is none", async () => {
    await run(["mb", "s3://rb-empty"]);
    expect(await run(["rb", "s3://rb-empty"])).toMatchObject({
      code: 0,
      stdout: "remove s3://rb-empty\n",
    });
    expect((await run(["rb", "s3://rb-empty"])).code).toBe(3);
    expect(await bucketNames()).not.toContain("rb-empty");
  });

  it("refuses one that is not empty, and with --force wants its name", async () => {
    await run(["mb", "s3://rb-full"]);
    await run(["cp", "-", "s3://rb-full/a"], "one");
    const plain = await run(["rb", "s3://rb-full"]);
    expect(plain).toMatchObject({ code: 6, stdout: "" });
    expect(plain.stderr).toContain("is not empty; it was not removed");
    const unasked = await run(["rb", "--force", "s3://rb-full"]);
    expect(unasked.code).toBe(9);
    expect(unasked.stderr).toContain("--confirm=rb-full");
    expect((await run(["rb", "--force", "--confirm", "rb-fool", "s3://rb-full"])).code).toBe(2);
    const dry = await run(["rb", "--force", "--dry-run", "--json", "s3://rb-full"]);
    expect(records(dry.stdout)).toEqual([
      { type: "remove-bucket", bucket: "rb-full", dryRun: true },
      { type: "summary", dryRun: true, versions: 1, deleteMarkers: 0, bytes: 3, uploads: 0 },
    ]);
    expect((await run(["cat", "s3://rb-full/a"])).stdout).toBe("one");
    const forced = await run(["rb", "--force", "--confirm", "rb-full", "s3://rb-full"]);
    expect(forced).toMatchObject({ code: 0, stdout: "remove s3://rb-full\n" });
    expect(await bucketNames()).not.toContain("rb-full");
  });

  it("empties it of older versions and delete markers", async () => {
    // The configured bucket keeps versions.
    for (const text of ["one", "three"]) await run(["cp", "-", live.uri("v/a")], text);
    await run(["rm", live.uri("v/a")]);
    const { stdout } = await run(["rb", "--force", "--dry-run", "--json", `s3://${live.bucket}`]);
    expect(records(stdout).at(-1)).toMatchObject({ versions: 2, deleteMarkers: 1, bytes: 8 });
    const forced = await run([
      "rb",
      "--json",
      "--force",
      "--confirm",
      live.bucket,
      `s3://${live.bucket}`,
    ]);
    expect(records(forced.stdout)).toEqual([
      { type: "summary", dryRun: false, deleted: 3, uploadsAborted: 0, failed: 0 },
      { type: "remove-bucket", bucket: live.bucket },
    ]);
  });
});
