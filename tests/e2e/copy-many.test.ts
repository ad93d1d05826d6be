import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// cp and mv of many things as processes, on the built command.

let live: LiveServer;
let count = 0;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

const freshPrefix = () => `m${(count += 1)}/`;
const path = (name: string) => join(live.folder, name);

/** Files of a folder of their own, uploaded below a prefix of the same name. */
async function uploaded(...names: string[]): Promise<string> {
  const prefix = freshPrefix();
  for (const name of names) {
    await mkdir(join(path(prefix + name), ".."), { recursive: true });
    await writeFile(path(prefix + name), name);
  }
  const up = await live.run(["cp", "-r", prefix, live.uri(prefix)]);
  expect(up).toMatchObject({ code: 0 });
  return prefix;
}

async function keysUnder(prefix: string): Promise<string[]> {
  const { stdout } = await live.run(["ls", "-r", "--json", live.uri(prefix)]);
  const keys = records(stdout).flatMap(({ type, key }) => (type === "object" ? [String(key)] : []));
  return keys.map((key) => key.slice(prefix.length));
}

async function headOf(key: string): Promise<Readonly<Record<string, unknown>>> {
  return records((await live.run(["head", "--json", key])).stdout)[0] ?? {};
}

describe("cp", () => {
  it("takes several sources into a folder, and refuses two of one name before it begins", async () => {
    const prefix = await uploaded("a/x", "b/x", "c");
    const [a, b, c] = ["a/x", "b/x", "c"].map((name) => live.uri(prefix + name));
    const refused = await live.run(["cp", a ?? "", b ?? "", "down/"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("would both be copied to the name x");
    const several = await live.run(["cp", "--json", a ?? "", c ?? "", "down/"]);
    expect(several.code).toBe(0);
    expect(records(several.stdout).at(-1)).toMatchObject({ type: "summary", copied: 2 });
    expect((await readdir(path("down"))).toSorted()).toEqual(["c", "x"]);
    const noFolder = await live.run(["cp", a ?? "", c ?? "", live.uri(`${prefix}one`)]);
    expect(noFolder).toMatchObject({ code: 2, stdout: "" });
    expect(noFolder.stderr).toContain("with / at its end");
  });

  it("reads wildcards in keys, unless the key is there or --raw says that it is one", async () => {
    const prefix = await uploaded("r1/out.tsv", "r2/out.tsv", "r2/log", "r*/out.tsv");
    const down = await live.run(["cp", live.uri(`${prefix}r?/*.tsv`), `${prefix}down/`]);
    expect(down.code).toBe(0);
    expect((await readdir(path(`${prefix}down`))).toSorted()).toEqual(["r*", "r1", "r2"]);
    const exact = await live.run(["cp", live.uri(`${prefix}r*/out.tsv`), `${prefix}exact`]);
    expect(exact.code).toBe(0);
    expect(exact.stderr).toContain("its wildcards are not read as such");
    expect(await readFile(path(`${prefix}exact`), "utf8")).toBe("r*/out.tsv");
    const raw = await live.run(["cp", "--raw", live.uri(`${prefix}r?/log`), "x"]);
    expect(raw.code).toBe(3);
    const none = await live.run(["cp", live.uri(`${prefix}*.none`), "x/"]);
    expect(none).toMatchObject({ code: 3, stdout: "" });
  });

  it("takes keys from a list on standard input, NUL and inventory too", async () => {
    const prefix = await uploaded("a", "b c", "d");
    const from = live.uri(prefix);
    const lines = `${prefix}a\n${prefix}none\nelsewhere\n`;
    const listed = await live.run(["cp", "--json", "--from-list", "-", from, "l1"], {
      input: lines,
    });
    expect(listed.code).toBe(7);
    expect(records(listed.stdout).at(-1)).toMatchObject({ copied: 1, skipped: 1, failed: 1 });
    await writeFile(path("keys0"), `${prefix}a\0${prefix}b c\0`);
    await live.run(["cp", "--from-list", "keys0", "-0", from, "l2"]);
    expect((await readdir(path("l2"))).toSorted()).toEqual(["a", "b c"]);
    const csv = `"${live.bucket}","${prefix}b+c","3"\n"other","x","1"\n`;
    await writeFile(path("inventory.csv"), csv);
    await live.run(["cp", "--from-list", "inventory.csv", "--inventory", from, "l3"]);
    expect(await readdir(path("l3"))).toEqual(["b c"]);
  });

  it("sets headers, tags and encryption, keeps them in copies, and changes them in place", async () => {
    const prefix = freshPrefix();
    await writeFile(path("table.parquet"), "PAR1");
    await utimes(path("table.parquet"), 1_700_000_000, 1_700_000_000);
    const key = `${prefix}table.parquet`;
    const options = ["--cache-control", "max-age=60", "--content-disposition", "inline"];
    options.push("--tags", '{"project":"a=b c"}', "--expires", "2030-01-01", "--sse", "AES256");
    expect((await live.run(["cp", "table.parquet", live.uri(key), ...options])).code).toBe(0);
    const stored = {
      contentType: "application/vnd.apache.parquet",
      contentDisposition: "inline",
      expires: "Tue, 01 Jan 2030 00:00:00 GMT",
      encryption: "AES256",
      tagCount: 1,
    };
    expect(await headOf(key)).toMatchObject({ ...stored, cacheControl: "max-age=60" });
    await live.run(["cp", live.uri(key), live.uri(key), "--cache-control", "no-cache"]);
    const metadata = { mtime: "1700000000" };
    expect(await headOf(key)).toMatchObject({ ...stored, cacheControl: "no-cache", metadata });
    const more = ["--metadata", "run=7", "--tags", ""];
    await live.run(["cp", live.uri(key), live.uri(`${key}.copy`), ...more]);
    const copied = await headOf(`${key}.copy`);
    expect(copied).toMatchObject({ cacheControl: "no-cache", metadata: { ...metadata, run: "7" } });
    expect(copied["tagCount"]).toBeUndefined();
    const same = await live.run(["cp", live.uri(key), live.uri(key)]);
    expect(same).toMatchObject({ code: 2, stdout: "" });
  });

  it("copies only what is newer, and says in a dry run what it would", async () => {
    const prefix = await uploaded("a", "b");
    const future = new Date(Date.now() + 60_000);
    await utimes(path(`${prefix}b`), future, future);
    const args = ["cp", "-r", "--if-newer", "--json", prefix, live.uri(prefix)];
    const dry = await live.run([...args, "--dry-run"]);
    const real = await live.run(args);
    for (const { code, stdout } of [dry, real]) {
      expect(code).toBe(0);
      expect(records(stdout).at(-1)).toMatchObject({ copied: 1, kept: 1, failed: 0 });
    }
    expect(records(dry.stdout)[0]).toEqual(records(real.stdout)[0]);
    expect(records((await live.run(args)).stdout).at(-1)).toMatchObject({ copied: 0, kept: 2 });
  });

  it("follows links to folders when it is told, and sees loops", async () => {
    const prefix = await uploaded("up/a", "other/o");
    await symlink("../other", path(`${prefix}up/link`));
    await symlink("..", path(`${prefix}up/loop`));
    const all = await live.run([
      "cp",
      "-r",
      "--follow-symlinks",
      `${prefix}up`,
      live.uri(`${prefix}all`),
    ]);
    expect(all.code).toBe(7);
    expect(all.stderr).toContain("a link to a folder that it lies in");
    expect(await keysUnder(`${prefix}all/`)).toContain("link/o");
    const none = await live.run([
      "cp",
      "-r",
      "--no-follow-symlinks",
      `${prefix}up`,
      live.uri(`${prefix}none`),
    ]);
    expect(none.code).toBe(0);
    expect(await keysUnder(`${prefix}none/`)).toEqual(["a"]);
  });

  it("keeps to a bandwidth", async () => {
    const prefix = freshPrefix();
    await writeFile(path("paced"), Buffer.alloc(200_000));
    const up = ["cp", "paced", live.uri(prefix), "--bandwidth"];
    const begin = performance.now();
    expect((await live.run([...up, "100kB/s"])).code).toBe(0);
    // 200,000 bytes at 100,000 a second, but for what may come at once.
    expect(performance.now() - begin).toBeGreaterThan(1800);
    const refused = await live.run([...up, "1kB"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    const tree = ["sync", live.uri(prefix), `${prefix}down`, "--bandwidth", "1kB"];
    expect((await live.run(tree)).code).toBe(2);
    const again = performance.now();
    expect((await live.run([...tree.slice(0, -1), "100kB/s"])).code).toBe(0);
    expect(performance.now() - again).toBeGreaterThan(1800);
  });

  it.each([
    [["cp", "a", "b", "c"], "One side of cp has to be in S3"],
    [["cp", "s3://b/k", "x", "--sse", "kms"], "--sse kms is not known"],
    [["cp", "s3://b/k", "x", "--sse-kms-key-id", "k"], "--sse aws:kms"],
    [["cp", "x", "s3://b/k", "--metadata", "{1"], "no JSON object"],
    [["cp", "x", "s3://b/k", "--if-newer", "--no-overwrite"], "Leave one out"],
    [["cp", "s3://b/k", "s3://b/l", "x/", "--version-id", "v"], "one version of one object"],
    [["cp", "s3://b/", "s3://b/k", "x/", "--from-list", "l"], "what of one source is meant"],
    [["cp", "-", "x", "s3://b/k"], "- is one stream"],
    [["mv", "-", "s3://b/k"], "- is one stream"],
    [["cp", "s3://b/k", "x", "--case-conflict", "no"], "--case-conflict no is not known"],
  ])("refuses %j", async (args, text) => {
    const result = await live.run(args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(text);
  });
});

describe("mv", () => {
  it("moves up, within and down, and leaves the bytes nowhere else", async () => {
    const prefix = freshPrefix();
    await mkdir(path(`${prefix}deep`), { recursive: true });
    for (const name of ["a", "deep/b"]) await writeFile(path(prefix + name), name);
    const dry = await live.run(["mv", "-r", "--dry-run", prefix, live.uri(prefix)]);
    expect(dry.stdout).toContain(`(dry run) move ${prefix}a -> ${live.uri(prefix)}a\n`);
    const up = await live.run(["mv", "-r", "--json", prefix, live.uri(prefix)]);
    expect(up.code).toBe(0);
    expect(records(up.stdout).filter(({ type }) => type === "move")).toHaveLength(2);
    expect(await readdir(path(prefix))).toEqual(["deep"]);
    expect(await readdir(path(`${prefix}deep`))).toEqual([]);
    const within = await live.run(["mv", live.uri(`${prefix}a`), live.uri(`${prefix}c`)]);
    expect(within.code).toBe(0);
    expect(await keysUnder(prefix)).toEqual(["c", "deep/b"]);
    expect((await live.run(["mv", "-r", live.uri(prefix), "back"])).code).toBe(0);
    expect(await readFile(path("back/deep/b"), "utf8")).toBe("deep/b");
    expect(await keysUnder(prefix)).toEqual([]);
  });

  it("keeps the source of what fails", async () => {
    const prefix = await uploaded("a", "b");
    await mkdir(path(`${prefix}down/a`), { recursive: true });
    const result = await live.run(["mv", "-r", live.uri(prefix), `${prefix}down`]);
    expect(result.code).toBe(7);
    expect(await keysUnder(prefix)).toEqual(["a"]);
    const onto = await live.run(["mv", live.uri(`${prefix}a`), live.uri(`${prefix}a`)]);
    expect(onto.code).toBe(2);
    const taken = await live.run([
      "mv",
      "--no-overwrite",
      live.uri(`${prefix}a`),
      `${prefix}down/b`,
    ]);
    expect(taken.code).toBe(6);
    expect(await keysUnder(prefix)).toEqual(["a"]);
  });
});

it("copies between two stores with keys of their own, with headers, tags and times", async () => {
  const other = await startLiveServer();
  try {
    const prefix = freshPrefix();
    await writeFile(path("file"), "bytes");
    await utimes(path("file"), 1_700_000_000.5, 1_700_000_000.5);
    const stored = ["--tags", "project=x", "--cache-control", "no-cache"];
    await live.run(["cp", "file", live.uri(`${prefix}file`), ...stored]);
    const settings = Object.entries(live.env).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(other.folder, "source.env"), settings.join(""));
    const target = Object.entries(other.env).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(other.folder, "target.env"), target.join(""));
    const args = ["cp", "-r", live.uri(prefix), other.uri("in/")];
    const files = ["--source-dotenv", "source.env", "--dotenv", "target.env"];
    const copied = await other.run([...args, ...files], { env: {} });
    expect(copied).toMatchObject({ code: 0 });
    const head = records((await other.run(["head", "--json", "in/file"])).stdout)[0];
    expect(head).toMatchObject({
      metadata: { mtime: "1700000000.5" },
      cacheControl: "no-cache",
      tagCount: 1,
    });
    await other.run(["cp", other.uri("in/file"), "down"]);
    expect((await stat(join(other.folder, "down"))).mtimeMs).toBe(1_700_000_000_500);
  } finally {
    await other.stop();
  }
});
