import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// What was, of objects and prefixes, as processes on the built command. The bucket keeps versions.

let live: LiveServer;
/** Moments between the writes of `history`. */
let before: string;
let first: string;

beforeAll(async () => {
  live = await startLiveServer();
  before = new Date().toISOString();
  await aSecond();
  await put("h/changed", "old");
  await put("h/deleted", "gone");
  await put("h/sub/kept", "kept");
  await aSecond();
  first = new Date().toISOString();
  await aSecond();
  await put("h/changed", "newer");
  await put("h/late", "late");
  await live.run(["rm", "h/deleted"]);
});

afterAll(() => live.stop());

/** S3's times of versions are whole seconds. */
const aSecond = () => sleep(1100);

async function put(key: string, text: string, ...options: string[]): Promise<void> {
  const done = await live.run(["cp", "-", live.uri(key), ...options], { input: text });
  expect(done).toMatchObject({ code: 0 });
}

async function json(...args: string[]): Promise<Record<string, unknown>[]> {
  return records((await live.run([...args, "--json"])).stdout);
}

const keysOf = (all: readonly Record<string, unknown>[]) => all.map(({ key }) => key);

const code = async (...args: string[]) => (await live.run(["exists", ...args])).code;

async function cat(...args: string[]): Promise<string> {
  return (await live.run(["cat", ...args])).stdout;
}

describe("ls", () => {
  it("shows older versions and delete markers with --versions", async () => {
    const all = await json("ls", "-r", "--versions", "--summarize", "h/");
    expect(keysOf(all)).toEqual([
      "h/changed",
      "h/changed",
      "h/deleted",
      "h/deleted",
      "h/late",
      "h/sub/kept",
      undefined,
    ]);
    expect(all[0]).toMatchObject({ type: "version", isLatest: true, sizeBytes: 5 });
    expect(all[2]).toMatchObject({ isLatest: true, isDeleteMarker: true });
    expect(all[2]).not.toHaveProperty("sizeBytes");
    expect(all.at(-1)).toMatchObject({ objects: 5, bytes: 20, deleteMarkers: 1 });
    const text = await live.run(["ls", "--versions", "h/"]);
    expect(text.stdout).toMatch(/ +deleted \S+ latest deleted\n.* +4 \S+ older {2}deleted\n/);
  });

  it("shows a prefix as it was", async () => {
    const was = await json("ls", "-r", "--as-of", first, "h/");
    expect(keysOf(was)).toEqual(["h/changed", "h/deleted", "h/sub/kept"]);
    expect(was[0]).toMatchObject({ type: "object", sizeBytes: 3, versionId: expect.any(String) });
    const folder = await live.run(["ls", "--as-of", first, "h/"]);
    expect(folder.stdout).toMatch(/PRE sub\/\n.* changed\n.* deleted\n$/);
    expect((await live.run(["ls", "-r", "--as-of", before, "h/"])).code).toBe(3);
    const filtered = await json("ls", "--as-of", first, live.uri("h/*ed"));
    expect(keysOf(filtered)).toEqual(["h/changed", "h/deleted"]);
  });

  it.each([
    ["the future", ["--as-of", "2999-01-01"], "lies in the future"],
    ["no time", ["--as-of", "soon"], "is no time"],
    ["two wishes", ["--as-of", "1d", "--versions"], "Leave one of them out"],
  ])("refuses %s", async (_name, args, words) => {
    const result = await live.run(["ls", ...args]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(words);
  });

  it("says where a bucket keeps no versions", async () => {
    const env = live.administrator;
    await live.run(["mb", "s3://plain-bucket-x"], { env });
    await live.run(["cp", "-", "s3://plain-bucket-x/a"], { env, input: "a" });
    await aSecond();
    const args = ["ls", "--as-of", new Date().toISOString(), "s3://plain-bucket-x"];
    const result = await live.run(args, { env });
    expect(result.stdout).toMatch(/ a\n$/);
    expect(result.stderr).toContain("keeps no versions");
  });
});

describe("versions", () => {
  it("lists those of one object, and of a folder when asked", async () => {
    const own = await json("versions", "h/deleted");
    expect(own.map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true, false]);
    expect(keysOf(await json("versions", "-r", "h/sub"))).toEqual(["h/sub/kept"]);
    expect(keysOf(await json("versions", "h/*late"))).toEqual(["h/late"]);
    const folder = await live.run(["versions", "h"]);
    expect(folder).toMatchObject({ code: 3, stdout: "" });
    expect(folder.stderr).toContain("it is a folder: add --recursive");
    const cut = await live.run(["versions", "--limit", "1", "h/changed"]);
    expect(cut.stdout.split("\n")).toHaveLength(2);
    expect(cut.stderr).toContain("there are more");
  });
});

const summaryOf = async (...args: string[]) => (await json("restore", ...args)).at(-1);

describe("restore", () => {
  beforeAll(async () => {
    await put("r/a", "old", "--content-type", "text/x-a", "--metadata", "run=7");
    await put("r/b", "b");
    await put("r/same", "same");
    await aSecond();
    moment = new Date().toISOString();
    await aSecond();
    await put("r/a", "newer");
    await put("r/late", "late");
    await live.run(["rm", "r/b"]);
    await put("r/same", "same");
  });
  let moment: string;
  it("shows what it would do, and does nothing", async () => {
    const dry = await live.run(["restore", "-r", "--dry-run", "--as-of", moment, "r/"]);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^\(dry run\) restore s3:\S+r\/a of .*\n\(dry run\).*r\/b of /);
    expect(dry.stderr).toContain("r/late is left alone: no version from that time is kept.");
    expect(await cat("r/a")).toBe("newer");
    expect(await json("versions", "r/b")).toHaveLength(2);
  });

  it("brings the state of a time back with headers and metadata, once, and removes nothing", async () => {
    const count = (await json("versions", "-r", "r/")).length;
    expect(await summaryOf("-r", "--as-of", moment, "r/")).toEqual({
      type: "summary",
      dryRun: false,
      restored: 2,
      bytes: 4,
      unchanged: 1,
      skipped: 1,
      failed: 0,
    });
    expect(await cat("r/a", "r/b", "r/late")).toBe("oldblate");
    const [head] = await json("head", "r/a");
    expect(head).toMatchObject({ contentType: "text/x-a", metadata: { run: "7" } });
    expect(await json("versions", "-r", "r/")).toHaveLength(count + 2);
    expect(await summaryOf("-r", "--as-of", moment, "r/")).toMatchObject({
      restored: 0,
      unchanged: 3,
    });
  });

  it("undeletes an object, or what is selected of a folder", async () => {
    for (const name of ["u/1.tsv", "u/2.tsv", "u/3.log"]) {
      await put(name, name);
      await live.run(["rm", name]);
    }
    expect((await live.run(["restore", "u/1.tsv"])).stdout).toMatch(/^restore s3:\S+u\/1\.tsv of /);
    expect(await cat("u/1.tsv")).toBe("u/1.tsv");
    expect(await summaryOf("-r", "--include", "*.tsv", "u/")).toMatchObject({
      restored: 1,
      unchanged: 1,
    });
    expect(await code("u/2.tsv")).toBe(0);
    expect(await code("u/3.log")).toBe(3);
  });

  it("puts a version of an object on top", async () => {
    const all = await json("versions", "r/a");
    const newer = all.find(({ sizeBytes }) => sizeBytes === 5);
    const args = ["restore", "--version-id", String(newer?.["versionId"])];
    expect((await live.run([...args, "r/a"])).code).toBe(0);
    expect(await cat("r/a")).toBe("newer");
    expect((await live.run([...args, "r/b"])).code).toBe(3);
    const marker = (await json("versions", "h/deleted")).find(
      ({ isDeleteMarker }) => isDeleteMarker === true,
    );
    const ofMarker = ["restore", "--version-id", String(marker?.["versionId"]), "h/deleted"];
    expect(await live.run(ofMarker)).toMatchObject({ code: 2, stdout: "" });
  });

  it.each([
    ["nothing", ["restore", "none"], 3],
    ["a folder", ["restore", "r/"], 2],
    ["a folder without its slash", ["restore", "r"], 3],
    ["a version of a folder", ["restore", "-r", "--version-id", "x", "r/"], 2],
    ["a selection of an object", ["restore", "--include", "*", "r/a"], 2],
  ])("says what is wrong with %s", async (_name, args, expected) => {
    expect(await live.run(args)).toMatchObject({ code: expected, stdout: "" });
  });
});

describe("reading what was", () => {
  it("takes the version of a moment or an id", async () => {
    expect(await cat("h/changed")).toBe("newer");
    expect(await cat("--as-of", first, "h/changed", "h/deleted")).toBe("oldgone");
    expect(await cat("--as-of", first, "h/*ed")).toBe("oldgone");
    const [head] = await json("head", "--as-of", first, "h/changed");
    expect(head).toMatchObject({ sizeBytes: 3 });
    expect(await cat("--version-id", String(head?.["versionId"]), "h/changed")).toBe("old");
    const link = await live.run(["presign", "--as-of", first, "h/deleted"]);
    expect(await (await fetch(link.stdout.trim())).text()).toBe("gone");
  });

  it("says why there was nothing", async () => {
    const early = await live.run(["cat", "--as-of", before, "h/changed"]);
    expect(early).toMatchObject({ code: 3, stdout: "" });
    expect(early.stderr).toContain("; the oldest that is kept is of ");
    await aSecond();
    const late = await live.run(["cat", "--as-of", new Date().toISOString(), "h/deleted"]);
    expect(late.code).toBe(3);
    expect(late.stderr).toContain("had been deleted by ");
  });

  it("answers whether an object or a version of it was there", async () => {
    const [marker, version] = await json("versions", "h/deleted");
    expect(await code("h/deleted")).toBe(3);
    expect(await code("--as-of", first, "h/deleted")).toBe(0);
    expect(await code("--as-of", before, "h/deleted")).toBe(3);
    expect(await code("--version-id", String(version?.["versionId"]), "h/deleted")).toBe(0);
    expect(await code("--version-id", String(marker?.["versionId"]), "h/deleted")).toBe(3);
    expect(await code("--as-of", first, "s3://no-such-bucket-x/a")).toBe(2);
  });

  it("wants one version of one object", async () => {
    for (const args of [
      ["cat", "--version-id", "x", "h/changed", "h/late"],
      ["cat", "--version-id", "x", "h/*"],
      ["head", "--version-id", "x", "--as-of", first, "h/late"],
    ]) {
      expect(await live.run(args)).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
