// @ts-check
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { root } from "../../scripts/prepare.mjs";
import { awsCli } from "./aws-cli.mjs";
import { awsSdk } from "./aws-sdk.mjs";
import { boto3 } from "./boto3.mjs";
import { bareNode, curl, dd } from "./floors.mjs";
import { rclone } from "./rclone.mjs";
import { s3cmd } from "./s3cmd.mjs";
import { s5cmd } from "./s5cmd.mjs";
import { smsStorage } from "./sms-storage.mjs";
/** @import { Tool } from "./tool.mjs" */

/** The package on PyPI wraps the program in a script of Python, whose start is not s5cmd's. */
const wrapped = /\/bin\/s5cmd$/;

/** Where the interoperability tests have installed theirs. */
const installed = join(root, ".cache/interop/venv/bin");

/**
 * Every tool of this machine: by its variable (S5CMD, AWS, RCLONE, S3CMD, PYTHON), else on PATH, else
 * of the interoperability tests. Those that are not there are left out, and named.
 * @returns {{ tools: Tool[], missing: string[] }}
 */
export function findTools() {
  /** @type {Tool[]} */
  const tools = [smsStorage()];
  /** @type {string[]} */
  const missing = [];
  const add = (
    /** @type {string} */ name,
    /** @type {RegExp} */ version,
    /** @type {string[]} */ args,
    /** @type {(path: string, version: string) => Tool} */ make,
  ) => {
    for (const path of candidates(name)) {
      const found = version.exec(output(path, args))?.[1];
      if (found !== undefined) return void tools.push(make(path, found));
    }
    missing.push(name);
  };
  add("s5cmd", /^v?([\d.]+)/, ["version"], s5cmd);
  add("aws", /aws-cli\/([\d.]+)/, ["--version"], awsCli);
  add("rclone", /rclone v([\d.]+)/, ["version"], rclone);
  add("s3cmd", /version ([\d.]+)/, ["--version"], s3cmd);
  add("python3", /^([\d.]+)/, ["-c", "import boto3; print(boto3.__version__)"], (path, version) =>
    boto3(path, version),
  );
  tools.push(awsSdk());
  add("curl", /curl ([\d.]+)/, ["--version"], curl);
  tools.push(dd(), bareNode());
  return { tools, missing };
}

/**
 * Paths of a command, programs before the shims of version managers, which cost a start of their own.
 * @param {string} name
 */
function candidates(name) {
  const given = process.env[name === "python3" ? "PYTHON" : name.toUpperCase()];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), installed];
  const found = folders.map((folder) => join(folder, name)).filter(isProgram);
  const behindShims = found.filter(isShim).map((path) => behindShim(path, name));
  const own = found.filter((path) => !isShim(path));
  const all = [...(given === undefined ? [] : [given]), ...behindShims, ...own].filter(isProgram);
  return all.flatMap((path) => [...insideWrapper(path), path]);
}

/** @param {string} path */
function isShim(path) {
  return path.includes(`${sep}shims${sep}`);
}

/** @param {string} path */
function insideWrapper(path) {
  if (!wrapped.test(path)) return [];
  const library = join(path, "..", "..", "lib");
  if (!existsSync(library)) return [];
  return readdirSync(library)
    .map((python) => join(library, python, "site-packages/s5cmd/bin/s5cmd"))
    .filter(isProgram);
}

/**
 * @param {string} shim
 * @param {string} name
 */
function behindShim(shim, name) {
  const manager = join(shim, "..", "..", "bin", "pyenv");
  return isProgram(manager) ? output(manager, ["which", name]).trim() : "";
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function output(command, args) {
  try {
    const stdio = /** @type {const} */ (["ignore", "pipe", "ignore"]);
    return execFileSync(command, args, { encoding: "utf8", stdio: [...stdio] });
  } catch {
    return "";
  }
}
