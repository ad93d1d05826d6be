import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../architecture/sources.ts";

let folder: string;

/** The built package with the packages that it loads, but not the optional one. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-no-lmdb-"));
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(folder, "package.json"));
  await mkdir(join(folder, "node_modules"));
  for (const name of ["commander", "mime", "@aws-sdk"]) {
    const link = join(folder, "node_modules", name);
    await symlink(join(root, "node_modules", name), link, "junction");
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function runNode(...args: readonly string[]) {
  const home = join(folder, "home");
  const env = { PATH: process.env["PATH"], HOME: home, XDG_DATA_HOME: home };
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
}

const command = (...args: readonly string[]) => runNode("dist/cli/main.js", ...args);

const useTestServer = `
import { startTestServer } from "./dist/testing/index.js";
await startTestServer().catch((error) => {
  console.log(JSON.stringify({ code: error.code, message: error.message, remedy: error.remedy }));
});`;

describe("without the optional package lmdb", () => {
  it.each([["server"], ["start"]])(
    "%s says what is missing and how to get it, and leaves no store",
    async (name) => {
      const data = join(folder, name);
      const { status, stderr, stdout } = command(name, "--port", "0", "--data-dir", data);
      expect(stderr).toContain(
        "keeps its index with the npm package lmdb, which is not installed.",
      );
      expect(stderr).toContain("npm install --include=optional");
      expect(stderr).not.toMatch(/\n\s+at /);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(await readdir(data)).not.toContain("store");
    },
  );

  it("startTestServer says the same, after an import that went well", () => {
    const { stdout, stderr } = runNode("--input-type=module", "--eval", useTestServer);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      code: "ConfigurationError",
      message:
        "The embedded server keeps its index with the npm package lmdb, which is not installed.",
      remedy: expect.stringContaining("npm install --include=optional") as unknown,
    });
  });

  it("a command that only reads settings works", () => {
    const { status, stderr } = command("config", "explain");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("says of a package without its native part that it is there and does not load", async () => {
    const planted = join(folder, "node_modules", "lmdb");
    await mkdir(planted);
    const manifest = { name: "lmdb", exports: "./index.js" };
    await writeFile(join(planted, "package.json"), JSON.stringify(manifest));
    const throwing = 'throw new Error("No native build was found\\nattempted loading from: here");';
    await writeFile(join(planted, "index.js"), throwing);
    const { status, stderr } = command("server", "--ephemeral", "--port", "0");
    expect(stderr).toContain(
      `which is installed but does not load on ${process.platform} ${process.arch} with Node ` +
        `${process.versions.node}: No native build was found`,
    );
    expect(stderr).not.toContain("attempted loading");
    expect(stderr).toContain("remove node_modules and run npm install --include=optional here");
    expect(status).toBe(2);
  });

  it.each([
    ["not run for the version built with", (built: string) => built, false],
    ["run for another version", (built: string) => `${built}-other`, true],
  ])("lmdb's own JavaScript is %s", async (_name, version, isRun) => {
    const built: unknown = JSON.parse(
      await readFile(join(root, "node_modules", "lmdb", "package.json"), "utf8"),
    );
    const planted = join(folder, "node_modules", "lmdb");
    await rm(planted, { recursive: true, force: true });
    await mkdir(join(planted, "dist"), { recursive: true });
    const manifest = {
      name: "lmdb",
      version: version(String(Reflect.get(Object(built), "version"))),
      main: "dist/index.cjs",
    };
    await writeFile(join(planted, "package.json"), JSON.stringify(manifest));
    await writeFile(join(planted, "dist", "index.cjs"), 'throw new Error("run from the package");');
    const { status, stderr } = command("server", "--ephemeral", "--port", "0");
    expect(stderr).toContain("which is installed but does not load");
    expect(stderr.includes("run from the package")).toBe(isRun);
    expect(status).toBe(2);
  });
});
