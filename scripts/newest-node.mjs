// @ts-check
// `npm run test:newest-node`: the unit tests on the newest Node that is supported, whatever runs this
// script. That Node comes from npm into .cache/ and is kept there; node_modules/ stays as it is, so the
// native packages in it have to fit both.
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { requireNode } from "./node-version.mjs";
import { buildIfNeeded, installIfNeeded, root, run, step } from "./prepare.mjs";
import { runVitest } from "./run-vitest.mjs";

const version = "26.12.1";

requireNode();
installIfNeeded();
buildIfNeeded();
const node = await installNode();
process.exitCode = runVitest(`Running the unit tests on Node ${version} (vitest)`, ["src/"], node);

/** Path of the program; npm has one package for each system and processor. */
async function installNode() {
  const windows = process.platform === "win32";
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const cache = join(root, ".cache", "node");
  const folder = join(cache, version);
  const program = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
  if (existsSync(program)) return program;
  await rm(cache, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  step(`Installing Node ${version} for the tests (npm install)`);
  // The prefix, because npm would look for a package.json further up.
  const quiet = ["--no-save", "--no-audit", "--no-fund"];
  run("npm", ["install", "--prefix", folder, ...quiet, `${name}@${version}`]);
  return program;
}
