import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ForeignBucket } from "./foreign-store-suite.ts";
import { ownCommand } from "./own-server.ts";
import { outputOf, runCommand, type CommandResult } from "./run-command.ts";

const notFound = 3;
const checkFailed = 8;
const mib = 1024 * 1024;

export interface SyncSuiteOptions {
  /** Small files in the tree. */
  readonly files: number;
}

/** The commands that work on whole trees and on versions, on a bucket of somebody else's server. */
export function syncSuite(open: () => Promise<ForeignBucket>, { files }: SyncSuiteOptions): void {
  let env: Record<string, string>;
  let folder: string;
  let root: string;

  beforeAll(async () => {
    const place = await open();
    root = `s3://${place.bucket}`;
    folder = await mkdtemp(join(tmpdir(), "interop-sync-"));
    env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      STORAGE_S3_BUCKET: place.bucket,
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
  const records = async (...args: string[]): Promise<readonly Record<string, unknown>[]> =>
    (await succeeds(...args, "--json"))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const summary = async (...args: string[]): Promise<Record<string, unknown>> =>
    (await records(...args)).find(({ type }) => type === "summary") ?? {};

  describe(`a tree of ${files} files`, () => {
    const total = files + 1;

    beforeAll(async () => {
      const tree = join(folder, "tree");
      for (let at = 0; at < files; at += 1) {
        const subfolder = join(tree, `run ${at % 17}`);
        await mkdir(subfolder, { recursive: true });
        await writeFile(join(subfolder, `${at}.tsv`), `time\tmass\n${at}\t${at * 3}\n`);
      }
      // Several parts, so that its ETag is no MD5 of the bytes.
      await writeFile(join(tree, "large.h5"), randomBytes(20 * mib));
    });

    it("goes up, and a second time nothing does", async () => {
      expect(await summary("sync", "tree", `${root}/tree/`)).toMatchObject({
        copied: total,
        unchanged: 0,
        failed: 0,
      });
      expect(await summary("sync", "tree", `${root}/tree/`)).toMatchObject({
        copied: 0,
        unchanged: total,
      });
    });

    it("is the same to one who remembers nothing and reads every file", async () => {
      const again = await summary("sync", "--no-index", "tree", `${root}/tree/`);
      expect(again).toMatchObject({ copied: 0, unchanged: total });
      const verified = await summary("verify-tree", "tree", `${root}/tree/`);
      expect(verified).toMatchObject({ same: total, differs: 0, failed: 0 });
    });

    it("sends the one file that changed, though its size and time did not", async () => {
      const file = join(folder, "tree/run 3/3.tsv");
      const moment = new Date("2026-01-02T03:04:05Z");
      await utimes(file, moment, moment);
      await summary("sync", "tree", `${root}/tree/`);
      await writeFile(file, `time\tmass\n3\t8\n`);
      await utimes(file, moment, moment);
      const dry = await records("sync", "--dry-run", "tree", `${root}/tree/`);
      expect(dry.filter(({ type }) => type === "copy")).toHaveLength(1);
      expect((await run("diff", "tree", `${root}/tree/`)).exitCode).toBe(checkFailed);
      expect(await summary("sync", "tree", `${root}/tree/`)).toMatchObject({ copied: 1 });
      expect((await run("diff", "tree", `${root}/tree/`)).exitCode).toBe(0);
    });

    it("comes down as it is, and is in step both ways then", async () => {
      expect(await summary("sync", `${root}/tree/`, "back")).toMatchObject({ copied: total });
      await promisify(execFile)("diff", ["-r", join(folder, "tree"), join(folder, "back")]);
      expect(await summary("sync", `${root}/tree/`, "back")).toMatchObject({ copied: 0 });
      expect(await summary("sync", "back", `${root}/tree/`)).toMatchObject({ copied: 0 });
    });

    it("is copied within the store, and is in step there", async () => {
      expect(await summary("sync", `${root}/tree/`, `${root}/twin/`)).toMatchObject({
        copied: total,
      });
      expect(await summary("sync", `${root}/tree/`, `${root}/twin/`)).toMatchObject({
        copied: 0,
        unchanged: total,
      });
    });

    it("loses what its source lost, and never all of it for want of a source", async () => {
      await rm(join(folder, "back/run 5"), { recursive: true });
      const gone = Math.floor((files - 1 - 5) / 17) + 1;
      expect(await summary("sync", "--delete", "back", `${root}/twin/`)).toMatchObject({
        copied: 0,
        deleted: gone,
      });
      await rm(join(folder, "back"), { recursive: true });
      await mkdir(join(folder, "back"));
      expect((await run("sync", "--delete", "back", `${root}/twin/`)).exitCode).not.toBe(0);
      expect((await run("sync", "--delete", "nowhere", `${root}/twin/`)).exitCode).not.toBe(0);
      expect(await summary("du", `${root}/twin/`)).toMatchObject({ objects: total - gone });
    });

    it("is selected, moved and removed", async () => {
      const moved = await summary("mv", `${root}/twin/run 1/*.tsv`, `${root}/moved/`);
      const count = Math.floor((files - 1 - 1) / 17) + 1;
      expect(moved).toMatchObject({ copied: count, failed: 0 });
      expect(await summary("du", `${root}/moved/`)).toMatchObject({ objects: count });
      expect((await run("du", `${root}/twin/run 1/`)).exitCode).toBe(notFound);
      const removed = await summary("rm", "-r", "--yes", `${root}/twin/`);
      expect(removed).toMatchObject({ deleted: removed["found"], failed: 0 });
      expect((await run("du", `${root}/twin/`)).exitCode).toBe(notFound);
    });
  });

  it("ends what others left unfinished", async () => {
    const file = join(folder, "slow");
    await writeFile(file, randomBytes(32 * mib));
    const command = [...ownCommand, "cp", "--bandwidth", "4MiB/s", "slow", `${root}/slow`];
    const cut = await runCommand(process.execPath, command, { env, cwd: folder, timeoutMs: 5000 });
    expect(cut.exitCode).toBe(-1);
    const left = await records("uploads", "ls", root);
    expect(left.filter(({ type }) => type === "upload")).toMatchObject([{ key: "slow" }]);
    await appendFile(file, "another file now");
    expect(await summary("cp", "slow", `${root}/slow`)).toMatchObject({ copied: 1 });
    await summary("uploads", "abort", "--yes", `${root}/`);
    expect(await summary("uploads", "ls", root)).toMatchObject({ uploads: 0 });
    expect(await summary("verify-tree", "--include", "slow", ".", `${root}/`)).toMatchObject({
      same: 1,
    });
  });

  it("brings versions back", async () => {
    await enableVersioning();
    await writeFile(join(folder, "v"), "first\n");
    await succeeds("cp", "v", `${root}/versions/v`);
    await writeFile(join(folder, "v"), "second\n");
    await succeeds("cp", "v", `${root}/versions/v`);
    const [, before] = await records("versions", `${root}/versions/v`);
    const versionId = String(before?.["versionId"]);
    expect(await succeeds("cat", "--version-id", versionId, `${root}/versions/v`)).toBe("first\n");
    await succeeds("rm", `${root}/versions/v`);
    expect((await run("cat", `${root}/versions/v`)).exitCode).toBe(notFound);
    await succeeds("restore", `${root}/versions/v`);
    expect(await succeeds("cat", `${root}/versions/v`)).toBe("second\n");
    await succeeds("restore", "--version-id", versionId, `${root}/versions/v`);
    expect(await succeeds("cat", `${root}/versions/v`)).toBe("first\n");
    await succeeds("rm", "-r", "--versions", "--yes", `${root}/versions/`);
    expect((await run("versions", `${root}/versions/v`)).exitCode).toBe(notFound);
  });

  async function enableVersioning(): Promise<void> {
    const aws = ["s3api", "put-bucket-versioning", "--versioning-configuration=Status=Enabled"];
    await outputOf(
      "aws",
      [
        ...aws,
        `--bucket=${env["STORAGE_S3_BUCKET"]}`,
        `--endpoint-url=${env["STORAGE_S3_ENDPOINT_URL"]}`,
      ],
      {
        env: {
          PATH: env["PATH"] ?? "",
          HOME: folder,
          AWS_ACCESS_KEY_ID: env["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
          AWS_SECRET_ACCESS_KEY: env["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
          AWS_REGION: env["STORAGE_S3_REGION"] ?? "",
        },
      },
    );
  }
}
