// @ts-check
import { localTool, step, tryRun } from "./prepare.mjs";

/**
 * Runs vitest once and answers its exit code. The command line's further arguments go to it.
 * SMS_TEST_REPORT=FILE also writes a JSON report.
 * @param {string} title
 * @param {readonly string[]} args
 */
export function runVitest(title, args) {
  const report = process.env["SMS_TEST_REPORT"];
  const reporters = report
    ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
    : [];
  step(title);
  const vitest = localTool("vitest", "vitest.mjs");
  const all = [vitest, "run", ...args, ...reporters, ...process.argv.slice(2)];
  return tryRun(process.execPath, all);
}
