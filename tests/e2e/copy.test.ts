import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownCommand } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// cp as a process, on the built command.

let live: LiveServer;
let count = 0;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

/** A prefix of its own for each test. */
const freshPrefix = () => `t${(count += 1)}/`;
const path = (name: string) => join(live.folder, name);

async function put(key: string, text: string): Promise<void> {
  const result = await live.run(["cp", "-", live.uri(key)], { input: text });
  expect(result).toMatchObject({ code: 0 });
}

async function get(key: string): Promise<string> {
  return (await live.run(["cat", live.uri(key)])).stdout;
}

describe("cp of one file", () => {
  it("brings every byte up and down, in parts when it is large, with the file's time", async () => {
    const prefix = freshPrefix();
    const bytes = randomBytes(20 * 1024 * 1024 + 7);
    await writeFile(path("large"), bytes);
    await utimes(path("large"), 1_700_000_000.25, 1_700_000_000.25);
    expect((await live.run(["cp", "large", live.uri(prefix)])).code).toBe(0);
    const head = records((await live.run(["head", "--json", `${prefix}large`])).stdout)[0];
    expect(head?.["etag"]).toMatch(/-3"$/);
    const down = await live.run(["cp", live.uri(`${prefix}large`), "down/large"]);
    expect(down).toMatchObject({ code: 0, stderr: "" });
    expect((await readFile(path("down/large"))).equals(bytes)).toBe(true);
    expect(head?.["metadata"]).toEqual({ mtime: "1700000000.25" });
    expect((await stat(path("down/large"))).mtimeMs).toBe(1_700_000_000_250);
    expect(await readdir(path("down"))).toEqual(["large"]);
  });

  it("copies within a bucket and to another one", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "once");
    expect((await live.run(["cp", live.uri(`${prefix}a`), live.uri(`${prefix}b`)])).code).toBe(0);
    expect(await get(`${prefix}b`)).toBe("once");
    const other = "sms-e2e-other";
    const setup = await live.run(["setup", "--yes", "--no-env", "--bucket", other]);
    expect(setup.code).toBe(0);
    expect((await live.run(["cp", live.uri(`${prefix}a`), `s3://${other}/`])).code).toBe(0);
    expect((await live.run(["cat", `s3://${other}/a`])).stdout).toBe("once");
  });

  it("takes pipes on both sides, and the media type by the key's name", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.json`, "{}");
    const down = await live.run(["cp", live.uri(`${prefix}a.json`), "-"]);
    expect(down).toMatchObject({ code: 0, stdout: "{}", stderr: "" });
    const { stdout } = await live.run(["head", `${prefix}a.json`]);
    expect(stdout).toMatch(/^contentType +application\/json$/m);
  });

  it("stores a pipe of many parts", async () => {
    const prefix = freshPrefix();
    const bytes = randomBytes(17 * 1024 * 1024 + 1);
    const up = await live.run(["cp", "-", live.uri(`${prefix}piped`)], { input: bytes });
    expect(up).toMatchObject({ code: 0, stderr: "" });
    await live.run(["cp", live.uri(`${prefix}piped`), "piped"]);
    expect((await readFile(path("piped"))).equals(bytes)).toBe(true);
  });

  it("keeps media type and metadata", async () => {
    const prefix = freshPrefix();
    await writeFile(path("table.tsv"), "a\tb\n");
    await live.run(["cp", "table.tsv", live.uri(prefix), "--metadata", "Run=7,owner=é ü"]);
    const { stdout } = await live.run(["head", "--json", `${prefix}table.tsv`]);
    expect(records(stdout)[0]).toMatchObject({
      contentType: "text/tab-separated-values",
      metadata: { run: "7", owner: "é ü", mtime: expect.stringMatching(/^\d{10}(\.\d{1,9})?$/) },
      sizeBytes: 4,
    });
    await live.run(["cp", "table.tsv", live.uri(prefix), "--content-type", "text/x-own"]);
    expect((await live.run(["head", `${prefix}table.tsv`])).stdout).toContain("text/x-own");
  });

  it("with --dry-run changes nothing and still finds out what is missing", async () => {
    const prefix = freshPrefix();
    await writeFile(path("dry"), "x");
    const dry = await live.run(["cp", "--dry-run", "dry", live.uri(prefix)]);
    expect(dry).toMatchObject({
      code: 0,
      stdout: `(dry run) upload dry -> ${live.uri(prefix)}dry\n`,
    });
    const piped = await live.run(["cp", "--dry-run", "-", live.uri(`${prefix}piped`)]);
    expect(piped.code).toBe(0);
    expect((await live.run(["ls", prefix])).code).toBe(3);
    expect((await live.run(["cp", "--dry-run", "no-such-file", live.uri(prefix)])).code).toBe(2);
    expect((await live.run(["cp", "--dry-run", live.uri(`${prefix}no`), "."])).code).toBe(3);
    const nowhere = await live.run(["cp", "--dry-run", "dry", "s3://no-such-bucket/"]);
    expect(nowhere).toMatchObject({ code: 3, stdout: "" });
    expect(nowhere.stderr).toContain("NoSuchBucket");
    const pattern = await live.run(["cp", "no-such-*", live.uri(prefix)]);
    expect(pattern).toMatchObject({ code: 2, stdout: "" });
    expect(pattern.stderr).toMatch(/^error: The local file no-such-\* does not exist\.$/m);
    expect(pattern.stderr).toContain("without quotes");
  });

  it("with --no-overwrite leaves what is there, in every direction", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "old");
    await writeFile(path("mine"), "new");
    const commands = [
      ["cp", "mine", live.uri(`${prefix}a`)],
      ["cp", live.uri(`${prefix}a`), "mine"],
      ["cp", "-", live.uri(`${prefix}a`)],
    ];
    for (const command of commands) {
      const result = await live.run([...command, "--no-overwrite"], { input: "piped" });
      expect(result.code).toBe(6);
      expect(result.stderr).toContain("next: Choose another name, or leave --no-overwrite out.");
    }
    expect(await get(`${prefix}a`)).toBe("old");
    expect(await readFile(path("mine"), "utf8")).toBe("new");
  });

  it("puts a download into a folder that is there", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.txt`, "x");
    await mkdir(path("into"), { recursive: true });
    expect((await live.run(["cp", live.uri(`${prefix}a.txt`), "into"])).code).toBe(0);
    expect(await readFile(path("into/a.txt"), "utf8")).toBe("x");
  });

  it.each([
    ["a folder without --recursive", ["cp", "plain-folder", "s3://b-x/y"], 2, "--recursive"],
    ["a missing file", ["cp", "no-such-file", "s3://sms-e2e-bucket/x"], 2, "does not exist"],
    ["a missing object", ["cp", "s3://sms-e2e-bucket/none", "x"], 3, "NoSuchKey"],
    ["a missing bucket", ["cp", "empty", "s3://no-such-bucket-x/y"], 3, `${ownCommand} setup`],
    ["two local sides", ["cp", "a", "b"], 2, "s3://BUCKET/KEY"],
    ["an object onto itself", ["cp", "s3://b-x/y", "s3://b-x/y"], 2, "onto itself"],
    ["a prefix into itself", ["cp", "-r", "s3://b-x/y/", "s3://b-x/y/z"], 2, "lies inside"],
    ["a named pipe", ["cp", "fifo", "s3://sms-e2e-bucket/x"], 2, "not a regular file"],
    ["an empty name", ["cp", "", "s3://b-x/y"], 2, "is empty"],
    ["a misspelled address", ["cp", "empty", "s3:/b-x/y"], 2, "misspelled"],
    ["no bucket", ["cp", "empty", "s3:///y"], 2, "names no bucket"],
    ["a key of 1,025 bytes", ["cp", "empty", `s3://sms-e2e-bucket/${"k".repeat(1025)}`], 2, "1024"],
    ["a symbolic link as target", ["cp", "s3://sms-e2e-bucket/here", "link"], 2, "symbolic link"],
    [
      "a file as folder",
      ["cp", "s3://sms-e2e-bucket/here", "empty/x"],
      2,
      "file where a directory",
    ],
  ])("refuses %s", async (_name, command, code, text) => {
    await put("here", "x");
    await mkdir(path("plain-folder"), { recursive: true });
    await writeFile(path("empty"), "");
    await symlink("empty", path("link")).catch(() => undefined);
    if ((await stat(path("fifo")).catch(() => undefined)) === undefined) {
      execFileSync("sh", ["-c", "mkfifo fifo"], { cwd: live.folder });
    }
    const result = await live.run(command);
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result).toMatchObject({ code, stdout: "" });
  });

  it.each([
    ["a newline and an escape", "new\nline\u001b[2J"],
    ["Unicode in two forms", "e\u0301 and \u00e9"],
    ["what URLs escape", "#? %41 +&=é/..//a"],
    ["an s3 address", "s3://x/y"],
    ["1,024 bytes", "k".repeat(1000)],
  ])("keeps a key with %s exactly", async (_name, key) => {
    const whole = `${freshPrefix().padEnd(24, "/")}${key}`;
    await put(whole, "exact");
    expect(await get(whole)).toBe("exact");
    const listed = records((await live.run(["ls", "-r", "--json", whole])).stdout);
    expect(listed[0]).toMatchObject({ key: whole });
    const shown = await live.run(["ls", "-r", whole]);
    // eslint-disable-next-line no-control-regex -- a terminal must not get them
    expect(shown.stdout.trimEnd()).not.toMatch(/[\u0000-\u001f]/);
    expect((await live.run(["rm", "-r", "--yes", live.uri(whole.slice(0, 24))])).code).toBe(0);
    expect((await live.run(["exists", live.uri(whole)])).code).toBe(3);
  });
});

describe("cp --recursive", () => {
  it("takes a folder up and down again, links to files followed, the rest named", async () => {
    const prefix = freshPrefix();
    await mkdir(path("tree/sub/deep"), { recursive: true });
    await writeFile(path("tree/one"), "1");
    await writeFile(path("tree/sub/deep/two"), "22");
    await symlink("one", path("tree/link"));
    await symlink("..", path("tree/sub/loop"));
    const up = await live.run(["cp", "-r", "tree", live.uri(prefix)]);
    expect(up.code).toBe(7);
    expect(up.stderr).toContain("tree/sub/loop was skipped: a link to a folder");
    expect(up.stderr).toMatch(/3 copied \(4 B in [\d.]+ m?s, .*\/s\), 1 skipped, 0 failed\./);
    const down = await live.run(["cp", "-r", live.uri(prefix), "tree2"]);
    expect(down.code).toBe(0);
    expect(await readFile(path("tree2/sub/deep/two"), "utf8")).toBe("22");
    expect(await readFile(path("tree2/link"), "utf8")).toBe("1");
    const within = await live.run(["cp", "-r", live.uri(prefix), live.uri(`copy-${prefix}`)]);
    expect(within.code).toBe(0);
    expect(await get(`copy-${prefix}sub/deep/two`)).toBe("22");
  });

  it("takes exp-1 for the folder, not for exp-10 as well", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}exp-1/a`, "x");
    await put(`${prefix}exp-10/b`, "x");
    await live.run(["cp", "-r", live.uri(`${prefix}exp-1`), "only-one"]);
    expect(await readdir(path("only-one"))).toEqual(["a"]);
  });

  it("skips keys that cannot be files below the folder, and ends with 7", async () => {
    const prefix = freshPrefix();
    for (const key of ["ok", "../up", "/abs", "a//b", "a/./b"]) await put(prefix + key, "x");
    const folder = await live.run(["presign", "--method", "PUT", `${prefix}folder/`]);
    await fetch(folder.stdout.trim(), { method: "PUT" });
    const result = await live.run(["cp", "-r", "--json", live.uri(prefix), "safe/below"]);
    expect(result.code).toBe(7);
    const skipped = records(result.stdout).filter(({ type }) => type === "skipped");
    // The marker of a folder has no bytes that could be missed.
    expect(skipped).toHaveLength(4);
    expect(await readdir(path("safe"))).toEqual(["below"]);
    expect(await readdir(path("safe/below"))).toEqual(["ok"]);
  });

  it("goes on after a failure, lists it and ends with 7", async () => {
    const prefix = freshPrefix();
    for (const key of ["a", "a/b", "c", "d"]) await put(prefix + key, key);
    await mkdir(path("clash/d"), { recursive: true });
    const result = await live.run(["cp", "-r", "--json", live.uri(prefix), "clash"]);
    expect(result.code).toBe(7);
    const found = records(result.stdout);
    expect(found.filter(({ type }) => type === "copy")).toHaveLength(2);
    expect(found.filter(({ type }) => type === "failed")).toMatchObject([
      { kind: "download", code: "InvalidArgument" },
    ]);
    // A file and a folder of one name: the file is there, what is below it is told.
    expect(found.filter(({ type }) => type === "skipped")).toMatchObject([
      { source: live.uri(`${prefix}a/b`) },
    ]);
    expect(found.at(-1)).toMatchObject({ type: "summary", copied: 2, failed: 1, skipped: 1 });
  });

  it("says when there is nothing to copy, and refuses a file as target at once", async () => {
    const nothing = await live.run(["cp", "-r", live.uri("nothing-here/"), "x"]);
    expect(nothing).toMatchObject({ code: 3, stdout: "" });
    expect(nothing.stderr).toContain("There is nothing to copy in");
    expect(nothing.stderr).not.toContain("leave --recursive out");
    const key = `${freshPrefix()}object`;
    await put(key, "x");
    const object = await live.run(["cp", "-r", live.uri(key), "x"]);
    expect(object).toMatchObject({ code: 3, stdout: "" });
    expect(object.stderr).toContain(`${live.uri(key)} is an object: leave --recursive out`);
    await put("one-object", "x");
    await writeFile(path("a-file"), "");
    const file = await live.run(["cp", "-r", live.uri(""), "a-file"]);
    expect(file).toMatchObject({ code: 2, stdout: "" });
    expect(file.stderr).toContain("a-file is no folder.");
  });
});

it("sends what it is given, checked against a digest made elsewhere", async () => {
  const bytes = randomBytes(300_000);
  const { stdout } = await live.run(["cp", "-", live.uri("digest")], { input: bytes });
  expect(stdout).toBe(`upload - -> ${live.uri("digest")}\n`);
  const md5 = createHash("md5").update(bytes).digest("hex");
  expect((await live.run(["head", "digest"])).stdout).toContain(`"${md5}"`);
});
