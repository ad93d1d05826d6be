import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "./command.ts";
import { records, startLiveServer, type LiveServer } from "./live-server.ts";

let server: LiveServer;
beforeAll(async () => {
  server = await startLiveServer();
});
afterAll(() => server.stop());

const anHourAgo = new Date(Date.now() - 3_600_000);

/** Files of an hour ago: what was written just now is not remembered. */
async function make(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    const file = join(server.folder, folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    await utimes(file, anHourAgo, anHourAgo);
  }
}

const summaryOf = ({ stdout }: CommandResult): Record<string, unknown> =>
  records(stdout).find(({ type }) => type === "summary") ?? {};

async function sync(...args: string[]): Promise<Record<string, unknown> & { code: number | null }> {
  const result = await server.run(["sync", "--json", ...args]);
  return { ...summaryOf(result), code: result.code };
}

async function keysBelow(prefix: string): Promise<unknown[]> {
  const { stdout } = await server.run(["ls", "-r", "--json", server.uri(prefix)]);
  return records(stdout).map(({ key }) => key);
}

const tree = {
  a: "a",
  "a-b": "1",
  "d/one": "one",
  "d/two": "two",
  "d-e/x": "x",
  "é/\u{1F600}": "beyond",
  empty: "",
};
const count = Object.keys(tree).length;

describe("a folder and a prefix", () => {
  it("are alike after one run, and the next has nothing to do, there and back", async () => {
    await make("up", tree);
    expect(await sync("up", server.uri("up/"))).toMatchObject({ code: 0, copied: count });
    const again = await server.run(["sync", "up", server.uri("up")]);
    expect(again.stdout).toBe("");
    expect(again.stderr).toBe(`Nothing to do: ${count} unchanged.\n`);
    expect(await sync(server.uri("up/"), "down")).toMatchObject({ code: 0, copied: count });
    expect(await sync("down", server.uri("up/"))).toMatchObject({ copied: 0, unchanged: count });
    expect(await sync(server.uri("up/"), "down")).toMatchObject({ copied: 0, unchanged: count });
    expect(await readFile(join(server.folder, "down/d/two"), "utf8")).toBe("two");
  });

  it("are compared by content where nothing is remembered, whatever the times are", async () => {
    await make("times", { same: "same", other: "before" });
    await sync("times", server.uri("times/"));
    await make("copy", { same: "same", other: "beside" });
    const future = new Date(Date.now() + 86_400_000);
    await utimes(join(server.folder, "copy/same"), future, future);
    expect(await sync("copy", server.uri("times/"))).toMatchObject({ copied: 1, unchanged: 1 });
  });

  it("show a change that keeps size and time", async () => {
    await make("sly", { f: "one" });
    await sync("sly", server.uri("sly/"));
    await make("sly", { f: "two" });
    expect(await sync("--size-only", "sly", server.uri("sly/"))).toMatchObject({ copied: 0 });
    expect(await sync("sly", server.uri("sly/"))).toMatchObject({ copied: 1, unchanged: 0 });
    const { stdout } = await server.run(["cat", server.uri("sly/f")]);
    expect(stdout).toBe("two");
  });

  it("need no request for each object", async () => {
    await make("calls", tree);
    await sync("calls", server.uri("calls/"));
    const { stderr } = await server.run(["sync", "--debug", "calls", server.uri("calls/")]);
    const requests = stderr.split("\n").filter((line) => /\b(?:GET|HEAD|PUT|POST)\b/.test(line));
    expect(requests.length).toBe(1);
  });
});

it("makes a prefix like another one, on the store's side", async () => {
  await make("pre", tree);
  await sync("pre", server.uri("pre/"));
  const two = [server.uri("pre/"), server.uri("pre-copy/")] as const;
  expect(await sync(...two)).toMatchObject({ code: 0, copied: count });
  expect(await sync(...two)).toMatchObject({ copied: 0, unchanged: count });
  const inside = await server.run(["sync", server.uri("pre/"), server.uri("pre/d/")]);
  expect(inside).toMatchObject({ code: 2, stdout: "" });
});

describe("--delete", () => {
  it("deletes what only the target has, and nothing that is left out", async () => {
    await make("del", { keep: "1", gone: "2", "logs/x.log": "3" });
    await sync("del", server.uri("del/"));
    await rm(join(server.folder, "del/gone"));
    await rm(join(server.folder, "del/logs"), { recursive: true });
    const args = ["--delete", "--exclude", "*.log", "del", server.uri("del/")];
    expect(await sync("--dry-run", ...args)).toMatchObject({ dryRun: true, deleted: 1 });
    expect(await keysBelow("del/")).toHaveLength(3);
    expect(await sync(...args)).toMatchObject({ code: 0, deleted: 1 });
    expect(await keysBelow("del/")).toEqual(["del/keep", "del/logs/x.log"]);
  });

  it("deletes files and the folders that are empty then", async () => {
    await make("mirror", { keep: "1" });
    await sync("mirror", server.uri("mirror/"));
    await make("mirror-down", { keep: "1", "old/deep/file": "x" });
    const done = await sync("--delete", server.uri("mirror/"), "mirror-down");
    expect(done).toMatchObject({ code: 0, deleted: 1 });
    expect(await readdir(join(server.folder, "mirror-down"))).toEqual(["keep"]);
  });

  it("deletes nothing at all beyond its limit", async () => {
    await make("most", { a: "1", b: "2", c: "3" });
    await sync("most", server.uri("most/"));
    await rm(join(server.folder, "most/a"));
    await rm(join(server.folder, "most/b"));
    await make("most", { new: "4" });
    const run = ["sync", "--delete", "--max-delete", "1", "most", server.uri("most/")];
    const refused = await server.run(run);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain("--max-delete 2");
    expect(await keysBelow("most/")).toEqual(["most/a", "most/b", "most/c", "most/new"]);
    const allowed = await sync("--delete", "--max-delete", "2", "most", server.uri("most/"));
    expect(allowed).toMatchObject({ code: 0, deleted: 2 });
  });

  it("asks above a thousand", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1002 }, (_, index) => [`f${String(index).padStart(4, "0")}`, "x"]),
    );
    await make("thousand", many);
    await sync("thousand", server.uri("thousand/"));
    for (let index = 0; index < 1001; index += 1) {
      await rm(join(server.folder, "thousand", `f${String(index).padStart(4, "0")}`));
    }
    const refused = await server.run(["sync", "--delete", "thousand", server.uri("thousand/")]);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain("--max-delete 1001");
    expect(await keysBelow("thousand/")).toHaveLength(1002);
  }, 60_000);

  it("refuses a source that is missing or has nothing", async () => {
    await make("source", { a: "1" });
    await sync("source", server.uri("source/"));
    const missing = await server.run(["sync", "--delete", "no-such", server.uri("source/")]);
    expect(missing).toMatchObject({ code: 3, stdout: "" });
    await mkdir(join(server.folder, "nothing"));
    const empty = await server.run(["sync", "--delete", "nothing", server.uri("source/")]);
    expect(empty.code).toBe(3);
    expect(empty.stderr).toContain("--allow-empty-source");
    const prefix = await server.run(["sync", "--delete", server.uri("no-such/"), "source"]);
    expect(prefix.code).toBe(3);
    expect(await keysBelow("source/")).toEqual(["source/a"]);
    const allowed = ["--delete", "--allow-empty-source", "nothing", server.uri("source/")];
    expect(await sync(...allowed)).toMatchObject({ code: 0, deleted: 1 });
  });

  it("ends as cp does where nothing fits, unless an empty source is allowed", async () => {
    await make("fitting", { "a.txt": "1" });
    const to = server.uri("fitting/");
    for (const command of [["cp", "-r"], ["sync"], ["sync", "--dry-run"]]) {
      const none = await server.run([...command, "--include", "*.tsv", "fitting", to]);
      expect(none).toMatchObject({ code: 3, stdout: "" });
    }
    const none = await server.run(["sync", "--larger-than", "1G", "fitting", to]);
    expect(none.stderr).toMatch(/There is nothing that fits in .*fitting/);
    const allowed = ["sync", "--allow-empty-source", "--include", "*.tsv", "fitting", to];
    expect(await server.run(allowed)).toMatchObject({ code: 0 });
    expect(await sync("--include", "*.txt", "fitting", to)).toMatchObject({ code: 0, copied: 1 });
    expect(await sync("--include", "*.txt", "fitting", to)).toMatchObject({ code: 0, copied: 0 });
    await mkdir(join(server.folder, "unfilled"));
    expect(await sync("unfilled", to)).toMatchObject({ code: 0, copied: 0 });
  });

  it("deletes nothing where a copy has failed", async () => {
    await make("half", { a: "1", b: "2" });
    await sync("half", server.uri("half/"));
    // A folder of the name that a file is to have.
    await make("half-down", { "a/inside": "x", surplus: "y", b: "other" });
    const failed = await server.run(["sync", "--delete", server.uri("half/"), "half-down"]);
    expect(failed.code).toBe(7);
    expect(failed.stderr).toContain("2 not deleted");
    expect(await readFile(join(server.folder, "half-down/surplus"), "utf8")).toBe("y");
  });

  it("spares what a link to a folder stands for", async () => {
    await make("linked", { "d/f": "1" });
    await sync("linked", server.uri("linked/"));
    await make("elsewhere", { f: "1" });
    await rm(join(server.folder, "linked/d"), { recursive: true });
    await make("linked", { g: "1" });
    await symlink("../elsewhere", join(server.folder, "linked/d"));
    const skipped = await sync("--delete", "linked", server.uri("linked/"));
    expect(skipped).toMatchObject({ code: 7, skipped: 1, deleted: 0 });
    expect(await keysBelow("linked/")).toEqual(["linked/d/f", "linked/g"]);
  });
});

describe("mistakes of usage", () => {
  it.each([
    [["a", "b"]],
    [["-", "s3://b/"]],
    [["--max-delete", "many", "a", "s3://b/"]],
    [["--size-only", "--checksum", "a", "s3://b/"]],
  ])("%j ends with 2 and changes nothing", async (args) => {
    const { code, stderr } = await server.run(["sync", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain("next:");
  });
});
