import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compareVersions } from "../../scripts/node-version.mjs";
import { root } from "../architecture/sources.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-node-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it.each(["start.mjs", "test.mjs", "newest-node.mjs", "check.mjs"])(
  "%s says in one sentence that Node is too old, before it installs anything",
  async (script) => {
    await cp(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    const manifest = await readFile(join(root, "package.json"), "utf8");
    const demanding = manifest.replace(/"node": ">=[\d.]+"/, '"node": ">=99.1"');
    expect(demanding).not.toBe(manifest);
    await writeFile(join(folder, "package.json"), demanding);
    const result = spawnSync(process.execPath, [join(folder, "scripts", script)], {
      encoding: "utf8",
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`needs Node 99.1 or newer, and this is Node`);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.stdout).toBe("");
  },
);

it.each([
  ["20.19.0", "20.19", 0],
  ["20.20.2", "20.19", 1],
  ["20.9.0", "20.19", -10],
  ["22.0.0", "20.19", 2],
])("%s against %s", (have, wanted, difference) => {
  expect(compareVersions(have, wanted)).toBe(difference);
});

it(".nvmrc names the oldest Node that package.json allows", async () => {
  const manifest = await readFile(join(root, "package.json"), "utf8");
  const named = (await readFile(join(root, ".nvmrc"), "utf8")).trim();
  expect((JSON.parse(manifest) as { engines: { node: string } }).engines.node).toBe(`>=${named}`);
});
