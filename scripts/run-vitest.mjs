// @ts-check
import { localTool, step, tryRun } from "./prepare.mjs";

/**
 * Runs vitest once and answers its exit code. The command line's further arguments go to it.
 * SMS_TEST_REPORT=FILE also writes a JSON report.
 * @param {string} title
 * @param {readonly string[]} args
 * @param {string} [node] The program that runs it; default: the one that runs this.
 */
export function runVitest(title, args, node = process.execPath) {
  const report = process.env["SMS_TEST_REPORT"];
  const reporters =
    report === undefined || report === ""
      ? []
      : ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  step(title);
  const vitest = localTool("vitest", "vitest.mjs");
  const all = [vitest, "run", ...args, ...reporters, ...process.argv.slice(2)];
  return tryRun(node, all);
}
