import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ForeignBucket } from "./foreign-store-suite.ts";
import { ownCommand } from "./own-server.ts";
import { outputOf, runCommand, type CommandResult } from "./run-command.ts";

const notFound = 3;

/** The built command, with STORAGE_ variables alone, on a bucket of somebody else's server. */
export function commandSuite(open: () => Promise<ForeignBucket>): void {
  let env: Record<string, string>;
  let folder: string;
  let bucket: string;

  beforeAll(async () => {
    const place = await open();
    bucket = place.bucket;
    folder = await mkdtemp(join(tmpdir(), "interop-command-"));
    env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: place.region,
      STORAGE_S3_ENDPOINT_URL: place.endpoint,
      STORAGE_S3_ACCESS_KEY_ID: place.credentials.accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: place.credentials.secretAccessKey,
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [...ownCommand, ...args], { env, cwd: folder });
  const succeeds = (...args: string[]): Promise<string> =>
    outputOf(process.execPath, [...ownCommand, ...args], { env, cwd: folder });

  it("copies a file up and down, and shows it", async () => {
    await writeFile(join(folder, "file.txt"), "by our command\n");
    await succeeds("cp", "--metadata=run=7", "file.txt", `s3://${bucket}/dir/file.txt`);
    expect(await succeeds("cat", "dir/file.txt")).toBe("by our command\n");
    expect(await succeeds("cat", "--range=3-5", "dir/file.txt")).toBe("our");
    expect(await succeeds("ls")).toMatch(/ PRE dir\/\n/);
    const head: unknown = JSON.parse(await succeeds("head", "--json", "dir/file.txt"));
    expect(head).toMatchObject({ sizeBytes: 15, metadata: { run: "7" } });
    await succeeds("cp", `s3://${bucket}/dir/file.txt`, "back.txt");
    expect(await readFile(join(folder, "back.txt"), "utf8")).toBe("by our command\n");
  });

  it("tells missing from there", async () => {
    expect((await run("exists", "dir/file.txt")).exitCode).toBe(0);
    expect((await run("exists", "dir/none.txt")).exitCode).toBe(notFound);
    expect((await run("cat", "dir/none.txt")).exitCode).toBe(notFound);
    expect((await run("cat", "s3://no-such-bucket-here/k")).exitCode).toBe(notFound);
  });

  it("carries 64 MiB in parts", async () => {
    const bytes = randomBytes(64 * 1024 * 1024);
    await writeFile(join(folder, "large"), bytes);
    await succeeds("cp", "large", `s3://${bucket}/large`);
    await succeeds("cp", `s3://${bucket}/large`, "large.back");
    expect((await readFile(join(folder, "large.back"))).equals(bytes)).toBe(true);
    await succeeds("cp", `s3://${bucket}/large`, `s3://${bucket}/copy of large`);
    const head: unknown = JSON.parse(await succeeds("head", "--json", "copy of large"));
    expect(head).toMatchObject({ sizeBytes: bytes.length });
  });

  it("copies a tree of odd names up, down and away", async () => {
    const names = ["a b+c%20", "ünï/日本語/😀", "eq=&?#", "quote'\"<x>"];
    for (const name of names) {
      await mkdir(join(folder, "tree", name, ".."), { recursive: true });
      await writeFile(join(folder, "tree", name), name);
    }
    await succeeds("cp", "-r", "tree", `s3://${bucket}/tree/`);
    await succeeds("cp", "-r", `s3://${bucket}/tree/`, "tree.back");
    for (const name of names) {
      expect(await readFile(join(folder, "tree.back", name), "utf8")).toBe(name);
    }
    await succeeds("rm", "-r", "--yes", `s3://${bucket}/tree/`);
    expect((await run("ls", "-r", "tree/")).exitCode).toBe(notFound);
  });

  it("makes, lists and removes buckets, and what is left in them", async () => {
    const made = `made-${randomBytes(4).toString("hex")}`;
    await succeeds("mb", `s3://${made}`);
    expect((await run("mb", `s3://${made}`)).exitCode).toBe(6);
    expect(await succeeds("ls", "s3://")).toMatch(new RegExp(` ${made}$`, "m"));
    await succeeds("cp", "file.txt", `s3://${made}/a/one.txt`);
    await succeeds("cp", "file.txt", `s3://${made}/a/b/two.txt`);
    const usage = JSON.parse(
      (await succeeds("du", "--json", `s3://${made}/`)).split("\n")[0] ?? "",
    );
    expect(usage).toMatchObject({ objects: 2, bytes: 30 });
    expect(await succeeds("cat", `s3://${made}/a/*two.txt`)).toBe("by our command\n");
    expect(await succeeds("versions", "-r", `s3://${made}/a`)).toMatch(
      / null +latest a\/one\.txt\n/,
    );
    expect((await run("rb", `s3://${made}`)).exitCode).toBe(6);
    await succeeds("rb", "--force", "--confirm", made, `s3://${made}`);
    expect(await succeeds("ls", "s3://")).not.toContain(made);
  });

  it("makes links that curl follows", async () => {
    const link = (await succeeds("presign", "dir/file.txt")).trim();
    expect(await outputOf("/usr/bin/curl", ["-sf", link])).toBe("by our command\n");
  });

  it("pipes", async () => {
    const args = [...ownCommand, "cp", "-", `s3://${bucket}/pipe`];
    const input = randomBytes(6 * 1024 * 1024).toString("base64");
    await outputOf(process.execPath, args, { env, cwd: folder, input });
    expect((await succeeds("cp", `s3://${bucket}/pipe`, "-")) === input).toBe(true);
  });
}
