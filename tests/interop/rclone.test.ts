import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientEnvironment } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { outputOf, runCommand } from "./run-command.ts";

describe("rclone", () => {
  let server: OwnServer;
  let env: Record<string, string>;
  const bucket = "rclone-bucket";
  const scratch = (name: string) => join(server.scratch, name);

  beforeAll(async () => {
    server = await OwnServer.start();
    const { accessKeyId, secretAccessKey } = server.identities.admin;
    const { PATH = "", HOME = "", LANG = "" } = clientEnvironment(server);
    env = {
      PATH,
      HOME,
      LANG,
      RCLONE_CONFIG: scratch("rclone.conf"),
      RCLONE_RETRIES: "1",
      RCLONE_LOW_LEVEL_RETRIES: "1",
      RCLONE_CONFIG_OWN_TYPE: "s3",
      // With AWS as its provider rclone would insist on buckets in host names.
      RCLONE_CONFIG_OWN_PROVIDER: "Minio",
      RCLONE_CONFIG_OWN_ENDPOINT: server.endpoint,
      RCLONE_CONFIG_OWN_REGION: server.region,
      RCLONE_CONFIG_OWN_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_OWN_FORCE_PATH_STYLE: "true",
    };
    await writeFile(scratch("rclone.conf"), "");
    await rclone("mkdir", `own:${bucket}`);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const rclone = (...args: string[]): Promise<string> =>
    outputOf("rclone", args, { env, cwd: server.scratch });

  it("puts, gets, lists and deletes, with metadata", async () => {
    await writeFile(scratch("file.txt"), "by rclone\n");
    await rclone("copyto", "--metadata-set=run=7", "-M", "file.txt", `own:${bucket}/d/file.txt`);
    expect(await rclone("cat", `own:${bucket}/d/file.txt`)).toBe("by rclone\n");
    expect(await rclone("cat", "--offset=3", "--count=6", `own:${bucket}/d/file.txt`)).toBe(
      "rclone",
    );
    const [entry] = JSON.parse(
      await rclone("lsjson", "-M", "--hash", `own:${bucket}/d`),
    ) as readonly Record<string, unknown>[];
    expect(entry).toMatchObject({
      Name: "file.txt",
      Size: 10,
      Hashes: { md5: "2b02d88acc9d3f0193953dfc7b2022fa" },
      Metadata: { run: "7", "content-type": "text/plain; charset=utf-8" },
    });
    expect(await rclone("lsd", `own:${bucket}`)).toMatch(/ d\n/);
    await rclone("deletefile", `own:${bucket}/d/file.txt`);
    expect(await rclone("lsf", "-R", `own:${bucket}`)).toBe("");
  });

  it("keeps modification times", async () => {
    await rclone("touch", "--timestamp=2020-02-03T04:05:06", `own:${bucket}/old`);
    expect(await rclone("lsl", `own:${bucket}/old`)).toContain("2020-02-03 04:05:06");
    await rclone("deletefile", `own:${bucket}/old`);
  });

  it("carries 64 MiB in parts and finds it unchanged", async () => {
    await mkdir(scratch("large"));
    await outputOf("/bin/sh", ["-c", `head -c 67108864 /dev/urandom > '${scratch("large/f")}'`]);
    await rclone("copy", "--s3-chunk-size=8M", "large", `own:${bucket}/large`);
    await rclone("check", "--download", "large", `own:${bucket}/large`);
    expect(await rclone("hashsum", "md5", `own:${bucket}/large`)).toMatch(/^[0-9a-f]{32} {2}f\n/);
  });

  it("copies and moves on the server", async () => {
    await rclone("copyto", `own:${bucket}/large/f`, `own:${bucket}/copied/f`);
    await rclone("moveto", `own:${bucket}/copied/f`, `own:${bucket}/moved/f`);
    expect(await rclone("lsf", "-R", "--files-only", `own:${bucket}`)).toBe("large/f\nmoved/f\n");
    await rclone("check", "--download", "large", `own:${bucket}/moved`);
  });

  it("streams standard input of unknown length", async () => {
    const input = "x".repeat(6 * 1024 * 1024);
    await outputOf("rclone", ["rcat", "--streaming-upload-cutoff=1M", `own:${bucket}/piped`], {
      env,
      input,
    });
    expect((await rclone("cat", `own:${bucket}/piped`)) === input).toBe(true);
  });

  it("syncs a tree of odd names both ways", async () => {
    const names = [
      "space and+plus",
      "per%cent %2e",
      "eq=ual&amp",
      "question?mark#hash",
      "ünïcödé/日本語/😀",
      "quotes'\"",
      "<xml>",
      " leading and trailing ",
      "semi;colon:comma,at@",
    ];
    for (const name of names) {
      await mkdir(join(scratch("tree"), name, ".."), { recursive: true });
      await writeFile(join(scratch("tree"), name), name);
    }
    await rclone("sync", "tree", `own:${bucket}/tree`);
    await rclone("check", "--download", "tree", `own:${bucket}/tree`);
    await rclone("sync", `own:${bucket}/tree`, "tree.back");
    for (const name of names) {
      expect(await readFile(join(scratch("tree.back"), name), "utf8")).toBe(name);
    }
    await rclone("purge", `own:${bucket}/tree`);
    expect(await rclone("lsf", "-R", `own:${bucket}/tree`)).toBe("");
  });

  it("links to an object that curl reads", async () => {
    const url = (await rclone("link", "--expire=1m", `own:${bucket}/piped`)).trim();
    const got = await outputOf("/usr/bin/curl", ["--silent", "--fail", "--range", "0-4", url]);
    expect(got).toBe("xxxxx");
  });

  it("lists versions", async () => {
    await rclone("backend", "versioning", `own:${bucket}`, "Enabled");
    expect(await rclone("backend", "versioning", `own:${bucket}`)).toContain("Enabled");
    for (const text of ["one", "two"]) {
      await outputOf("rclone", ["rcat", `own:${bucket}/v/file.txt`], { env, input: text });
    }
    await rclone("deletefile", `own:${bucket}/v/file.txt`);
    expect(await rclone("lsf", `own:${bucket}/v`)).toBe("");
    const all = await rclone("lsf", "--s3-versions", `own:${bucket}/v`);
    expect(all.trim().split("\n")).toHaveLength(2);
  });

  it("shows the server's errors", async () => {
    const wrong = await runCommand("rclone", ["lsf", `own:${bucket}`], {
      env: { ...env, RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY: "wrong-secret-key" },
    });
    expect(wrong.exitCode).not.toBe(0);
    expect(wrong.stderr).toContain("SignatureDoesNotMatch");
    const missing = await runCommand("rclone", ["lsf", "own:no-such-bucket-here"], { env });
    expect(missing.exitCode).toBe(3);
    expect(missing.stderr).toContain("directory not found");
  });
});
