import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { records, startLiveServer, type LiveServer } from "./live-server.ts";

let server: LiveServer;
beforeAll(async () => {
  server = await startLiveServer();
  await make("same", { a: "a", "d/x": "x", "d-e": "1" });
  await server.run(["sync", "same", server.uri("same/")]);
  await make("other", { a: "A", "d-e": "12", new: "n" });
});
afterAll(() => server.stop());

const anHourAgo = new Date(Date.now() - 3_600_000);

async function make(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    const file = join(server.folder, folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    await utimes(file, anHourAgo, anHourAgo);
  }
}

describe.each(["diff", "verify-tree", "sync"])("%s", (name) => {
  it("names a folder as the way to a single file, on either side", async () => {
    for (const places of [
      ["same/a", server.uri("same/")],
      [server.uri("same/"), "same/a"],
    ]) {
      const { code, stdout, stderr } = await server.run([name, ...places]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("same/a is no folder.\n  next: Name the folder that it is in");
    }
  });

  it("takes one place twice for what it is", async () => {
    const result = await server.run([name, server.uri("same"), server.uri("same/")]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(`Both places are ${server.uri("same")}.`);
  });
});

describe("diff", () => {
  it("ends with 0 where nothing differs", async () => {
    const { code, stdout, stderr } = await server.run(["diff", "same", server.uri("same/")]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "No difference: 3 the same.\n",
    });
  });

  it("shows what differs in the order of paths, and ends with 8", async () => {
    const { code, stdout } = await server.run(["diff", "other", server.uri("same/")]);
    expect(code).toBe(8);
    expect(stdout).toBe(
      `differs in content: a\ndiffers in size: d-e\nonly in ${server.uri("same/")}: d/x\n` +
        "only in other: new\n",
    );
  });

  it("shows what is the same with --all, and takes selections", async () => {
    const { code, stdout } = await server.run([
      "diff",
      "--all",
      "--json",
      "--exclude",
      "d*",
      "same",
      server.uri("same/"),
    ]);
    expect(code).toBe(0);
    expect(records(stdout)).toEqual([
      { type: "difference", path: "a", state: "same", why: "index" },
      { type: "summary", same: 1, differs: 0, onlySource: 0, onlyTarget: 0, unknown: 0 },
    ]);
  });

  it("compares two prefixes", async () => {
    await server.run(["sync", server.uri("same/"), server.uri("copy/")]);
    const { code } = await server.run(["diff", server.uri("same/"), server.uri("copy/")]);
    expect(code).toBe(0);
  });

  it("says what it cannot know", async () => {
    await make("odd", { a: "a" });
    await server.run(["sync", "odd", server.uri("odd/")]);
    await symlink("../same", join(server.folder, "odd/link"));
    const { code, stdout } = await server.run(["diff", "odd", server.uri("odd/")]);
    expect(code).toBe(8);
    expect(stdout).toBe("not known: link/: a link to a folder\n");
  });
});

describe("verify-tree", () => {
  it("reads both sides and counts what proved them", async () => {
    const { code, stdout } = await server.run([
      "verify-tree",
      "--json",
      "same",
      server.uri("same/"),
    ]);
    expect(code).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ same: 3, provedByChecksum: 3, bytes: 6 });
  });

  it("finds what has the same size and time, and what one side lacks", async () => {
    const { code, stdout } = await server.run([
      "verify-tree",
      "--json",
      "other",
      server.uri("same/"),
    ]);
    expect(code).toBe(8);
    const states = records(stdout).map(({ path, state }) => [path, state]);
    expect(states).toContainEqual(["a", "differs"]);
    expect(states).toContainEqual(["d/x", "only-target"]);
    expect(states).toContainEqual(["new", "only-source"]);
    expect(records(stdout).at(-1)).toMatchObject({ same: 0, differs: 2, failed: 0 });
  });

  it("counts what cannot be read as failed", async () => {
    await make("odder", { f: "1" });
    await server.run(["sync", "odder", server.uri("odder/")]);
    await symlink("f", join(server.folder, "odder/loop-a"));
    await symlink("../same", join(server.folder, "odder/link"));
    const { code, stdout } = await server.run(["verify-tree", "odder", server.uri("odder/")]);
    expect(code).toBe(8);
    expect(stdout).toBe("failed: link/: a link to a folder\nonly in odder: loop-a\n");
  });
});
