import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandPath } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// ls, cp, cat, head, exists and presign as processes, on the built command.

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

async function link(...args: string[]): Promise<string> {
  return (await live.run(["presign", ...args])).stdout.trim();
}

describe("ls", () => {
  it("shows a folder, all below it, its sums, and says when there is more", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.txt`, "12345");
    await put(`${prefix}sub/b.txt`, "1");
    const folder = await live.run(["ls", prefix]);
    expect(folder.stdout).toMatch(/^ +PRE sub\/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +5 a\.txt\n$/);
    const all = await live.run(["ls", "-r", "--summarize", live.uri(prefix)]);
    expect(all.stdout).toContain(`${prefix}sub/b.txt\n`);
    expect(all.stdout).toMatch(/\n2 objects, 6 bytes\n$/);
    const limited = await live.run(["ls", "-r", "--limit", "1", prefix]);
    expect(limited.stdout.trim().split("\n")).toHaveLength(1);
    expect(limited.stderr).toBe("Stopped after 1 entries; there are more.\n");
    expect(limited.code).toBe(0);
  });

  it("gives records with --json, and nothing else on stdout", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.txt`, "12345");
    await put(`${prefix}sub/b.txt`, "1");
    const { stdout, stderr } = await live.run(["ls", "--json", prefix]);
    expect(records(stdout)).toEqual([
      { type: "prefix", prefix: `${prefix}sub/` },
      expect.objectContaining({ type: "object", key: `${prefix}a.txt`, sizeBytes: 5 }),
      { type: "summary", objects: 1, prefixes: 1, bytes: 5, truncated: false },
    ]);
    expect(stderr).toBe("");
  });

  it("ends with 3 where there is nothing", async () => {
    const result = await live.run(["ls", "nothing-here/"]);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(live.uri("nothing-here/"));
  });
});

describe("cp of one file", () => {
  it("brings every byte up and down, in parts when it is large, with the object's time", async () => {
    const prefix = freshPrefix();
    const bytes = randomBytes(20 * 1024 * 1024 + 7);
    await writeFile(path("large"), bytes);
    expect((await live.run(["cp", "large", live.uri(prefix)])).code).toBe(0);
    const head = records((await live.run(["head", "--json", `${prefix}large`])).stdout)[0];
    expect(head?.["etag"]).toMatch(/-3"$/);
    const down = await live.run(["cp", live.uri(`${prefix}large`), "down/large"]);
    expect(down).toMatchObject({ code: 0, stderr: "" });
    expect((await readFile(path("down/large"))).equals(bytes)).toBe(true);
    const { mtimeMs } = await stat(path("down/large"));
    expect(mtimeMs).toBe(new Date(String(head?.["lastModified"])).getTime());
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
      metadata: { run: "7", owner: "é ü" },
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
    ["a missing bucket", ["cp", "empty", "s3://no-such-bucket-x/y"], 3, "sms-storage setup"],
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
      execFileSync("mkfifo", [path("fifo")]);
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
    expect(up.stderr).toContain("3 copied (4 B), 1 skipped, 0 failed.");
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
    await fetch(await link("--method", "PUT", `${prefix}folder/`), { method: "PUT" });
    const result = await live.run(["cp", "-r", "--json", live.uri(prefix), "safe/below"]);
    expect(result.code).toBe(7);
    const skipped = records(result.stdout).filter(({ type }) => type === "skipped");
    expect(skipped).toHaveLength(5);
    expect(await readdir(path("safe"))).toEqual(["below"]);
    expect(await readdir(path("safe/below"))).toEqual(["ok"]);
  });

  it("goes on after a failure, lists it and ends with 7", async () => {
    const prefix = freshPrefix();
    for (const key of ["a", "a/b", "c"]) await put(prefix + key, key);
    const result = await live.run(["cp", "-r", "--json", live.uri(prefix), "clash"]);
    expect(result.code).toBe(7);
    const found = records(result.stdout);
    expect(found.filter(({ type }) => type === "copy")).toHaveLength(2);
    expect(found.filter(({ type }) => type === "failed")).toMatchObject([
      { kind: "download", code: "InvalidArgument" },
    ]);
    expect(found.at(-1)).toMatchObject({ type: "summary", copied: 2, failed: 1, skipped: 0 });
  });

  it("says when there is nothing to copy, and refuses a file as target at once", async () => {
    const nothing = await live.run(["cp", "-r", live.uri("nothing-here/"), "x"]);
    expect(nothing).toMatchObject({ code: 3, stdout: "" });
    expect(nothing.stderr).toContain("There is nothing to copy in");
    await put("one-object", "x");
    await writeFile(path("a-file"), "");
    const file = await live.run(["cp", "-r", live.uri(""), "a-file"]);
    expect(file).toMatchObject({ code: 2, stdout: "" });
    expect(file.stderr).toContain("a-file is no folder.");
  });
});

describe("cat", () => {
  it("writes several objects, or a range of one", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "0123456789");
    await put(`${prefix}b`, "abc");
    const a = live.uri(`${prefix}a`);
    expect((await live.run(["cat", `${prefix}a`, `${prefix}b`])).stdout).toBe("0123456789abc");
    expect((await live.run(["cat", "--range", "2-4", a])).stdout).toBe("234");
    expect((await live.run(["cat", "--range", "8-", a])).stdout).toBe("89");
    expect((await live.run(["cat", "--range", "-3", a])).stdout).toBe("789");
    expect((await live.run(["cat", "--range", "10-20", a])).code).toBe(2);
    expect((await live.run(["cat", "--range", "x", a])).code).toBe(2);
  });

  it("ends with 3 for what is missing and says what to look at", async () => {
    const result = await live.run(["cat", live.uri("exp-1/none")]);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(
      `next: See what is there: sms-storage ls ${live.uri("exp-1/")}`,
    );
  });

  it("ends quietly when its reader has seen enough", async () => {
    const prefix = freshPrefix();
    await live.run(["cp", "-", live.uri(`${prefix}big`)], {
      input: Buffer.alloc(4_000_000, "x\n"),
    });
    const script = '"$NODE" "$COMMAND" cat "$KEY" | head -1; exit "${PIPESTATUS[0]}"';
    const env = { ...live.env, NODE: process.execPath, COMMAND: commandPath, KEY: `${prefix}big` };
    const result = spawnSync("bash", ["-c", script], {
      cwd: live.folder,
      env: { PATH: process.env["PATH"], ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(result).toMatchObject({ status: 0, stdout: "x\n", stderr: "" });
  });
});

describe("exists", () => {
  it("is 0 for there, 3 for proven missing", async () => {
    await put("there", "");
    expect((await live.run(["exists", "there"])).code).toBe(0);
    expect((await live.run(["exists", "not-there"])).code).toBe(3);
    const quiet = await live.run(["exists", "--quiet", "not-there"]);
    expect(quiet).toMatchObject({ code: 3, stdout: "", stderr: "" });
    const json = await live.run(["exists", "--json", "not-there"]);
    expect(records(json.stdout)).toEqual([
      { bucket: live.bucket, key: "not-there", exists: false },
    ]);
  });

  it("is an error, never a no, when it cannot be known", async () => {
    await put("there", "");
    const denied = await live.run(["exists", "there"], { env: live.powerless });
    expect(denied.code).toBe(5);
    const expired = await live.run(["exists", "not-there"], { env: live.expired });
    expect(expired.code).toBe(4);
    expect(expired.stderr).toContain("next:");
    const nowhere = await live.run(["exists", "x", "--endpoint-url", "http://127.0.0.1:1"]);
    expect(nowhere.code).toBe(75);
    expect((await live.run(["exists", "s3://no-such-bucket-x/a"])).code).toBe(2);
  });
});

describe("head", () => {
  it("shows an earlier version, and ends with 3 for what is missing", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "old");
    const { stdout } = await live.run(["head", "--json", `${prefix}a`]);
    const versionId = String(records(stdout)[0]?.["versionId"]);
    await put(`${prefix}a`, "newer");
    const old = await live.run(["head", "--json", "--version-id", versionId, `${prefix}a`]);
    expect(records(old.stdout)[0]).toMatchObject({ sizeBytes: 3, versionId });
    expect((await live.run(["cat", "--version-id", versionId, `${prefix}a`])).stdout).toBe("old");
    expect((await live.run(["head", "nothing"])).code).toBe(3);
  });
});

describe("presign", () => {
  it("makes links to read and to write without credentials", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a b+c`, "by link");
    const response = await fetch(await link(`${prefix}a b+c`));
    expect(await response.text()).toBe("by link");
    const put2 = await fetch(await link("--method", "PUT", `${prefix}up`), {
      method: "PUT",
      body: "uploaded",
    });
    expect(put2.status).toBe(200);
    expect(await get(`${prefix}up`)).toBe("uploaded");
    expect((await fetch(await link(`${prefix}up`), { method: "PUT", body: "x" })).status).toBe(403);
  });

  it("says when a link ends, and it does", async () => {
    await put("soon", "x");
    const result = await live.run(["presign", "--json", "--expires-in", "1", "soon"]);
    const [record] = records(result.stdout);
    expect(record).toMatchObject({ limitedBy: "requested" });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const response = await fetch(String(record?.["url"]));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("Request has expired");
  });

  it.each(["0", "8d", "-1", "1w", "x"])("refuses to let it end in %s", async (time) => {
    const result = await live.run(["presign", `--expires-in=${time}`, "soon"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
  });
});

it("sends what it is given, checked against a digest made elsewhere", async () => {
  const bytes = randomBytes(300_000);
  const { stdout } = await live.run(["cp", "-", live.uri("digest")], { input: bytes });
  expect(stdout).toBe(`upload - -> ${live.uri("digest")}\n`);
  const md5 = createHash("md5").update(bytes).digest("hex");
  expect((await live.run(["head", "digest"])).stdout).toContain(`"${md5}"`);
});
