// @ts-check
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * @typedef {object} Measured
 * @property {number} wallS
 * @property {number} userS
 * @property {number} systemS
 * @property {number} cpuS of the whole process tree
 * @property {number} rssMiB peak of its largest process
 * @property {number} exitCode
 * @property {boolean} timedOut
 * @property {{ bytes: number, lines: number }} output what came on standard output
 */

/**
 * @typedef {object} Invocation
 * @property {readonly string[]} argv
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [cwd]
 * @property {string} [stdin] a file, fed through a pipe
 * @property {string} [stdout] a file to write; default: a pipe that is counted
 * @property {number} [timeoutSeconds] default 900
 */

const script = fileURLToPath(new URL("measure.py", import.meta.url));
const python = process.env["PYTHON"] ?? "python3";

/**
 * @param {Invocation} invocation
 * @returns {Promise<Measured>}
 */
export async function measuredRun({ argv, env, cwd, stdin, stdout, timeoutSeconds = 900 }) {
  const folder = mkdtempSync(join(tmpdir(), "sms-bench-run-"));
  const result = join(folder, "result.json");
  const args = [script, result, String(timeoutSeconds), stdin ?? "-", stdout ?? "-", ...argv];
  try {
    const { stderr } = await promisify(execFile)(python, args, {
      env,
      ...(cwd !== undefined && { cwd }),
      maxBuffer: 64 * 1024 * 1024,
    });
    /** @type {Measured} */
    const measured = JSON.parse(readFileSync(result, "utf8"));
    if (measured.exitCode !== 0) {
      const said = stderr.trim().split("\n").at(-1) ?? "";
      const end = measured.timedOut ? "its time was over" : `exit code ${measured.exitCode}`;
      throw new Error(`${end}: ${said}`);
    }
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
