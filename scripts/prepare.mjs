// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const installedMarker = join(root, "node_modules", ".package-lock.json");
const builtMarker = join(root, "dist", ".built");

/** Installs the locked dependencies when they are missing or older than the lock file. */
export function installIfNeeded() {
  const lock = join(root, "package-lock.json");
  if (existsSync(installedMarker) && statSync(installedMarker).mtimeMs >= statSync(lock).mtimeMs) {
    return;
  }
  step("Installing the dependencies (npm ci)");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
  const now = new Date();
  if (existsSync(installedMarker)) utimesSync(installedMarker, now, now);
}

/** Compiles src/ to dist/ when a source is newer than the last build. */
export function buildIfNeeded() {
  if (existsSync(builtMarker) && statSync(builtMarker).mtimeMs > newestSourceMs()) return;
  build();
}

export function build() {
  step("Building dist/ (tsc, one file of the command, few of the library, manual pages)");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run(process.execPath, [localTool("typescript", "bin/tsc"), "-p", "tsconfig.build.json"]);
  run(process.execPath, ["scripts/bundle-command.mjs"]);
  run(process.execPath, ["scripts/bundle-library.mjs"]);
  const command = join(root, "dist", "cli", "main.js");
  run(process.execPath, [command, "man", "--quiet", "--all", join(root, "dist", "man")]);
  writeFileSync(builtMarker, "");
}

/**
 * Runs a command in the project's folder, its output shown; ends this program with its exit code
 * when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function run(command, args) {
  const code = tryRun(command, args);
  if (code !== 0) {
    console.error(`\n${[command, ...args].join(" ")}\nended with exit code ${code}.`);
    process.exit(code);
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export function tryRun(command, args, options = {}) {
  const windows = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    stdio: "inherit",
    shell: windows,
    env: options.env ?? process.env,
  });
  if (result.error) {
    console.error(`${command} could not be started: ${result.error.message}`);
    return 1;
  }
  return result.status ?? 1;
}

/**
 * Path of a tool's own script, so that no shell and no PATH is in the way.
 * @param {string} packageName
 * @param {string} script
 */
export function localTool(packageName, script) {
  return join(root, "node_modules", packageName, script);
}

/** @param {string} text */
export function step(text) {
  console.log(`\n==> ${text}`);
}

function newestSourceMs() {
  let newest = Math.max(
    mtime("tsconfig.json"),
    mtime("tsconfig.build.json"),
    mtime("package-lock.json"),
  );
  for (const entry of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
    newest = Math.max(newest, mtime(join("src", entry)));
  }
  return newest;
}

/** @param {string} path */
function mtime(path) {
  return statSync(join(root, path)).mtimeMs;
}
