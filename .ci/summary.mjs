// @ts-check
// summary.mjs FOLDER [FAILED-PART...]: prints "N passed, N failed" over the vitest JSON reports in the
// folder. A part that failed counts at least once, also when its report is missing or shows no failure.
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";

const [folder = ".", ...failedParts] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
const counted = new Set();

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const part = parse(file).name;
  const report = readReport(join(folder, file));
  if (report === undefined) continue;
  sum.passed += report.numPassedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  sum.failed += report.numFailedTests;
  if (report.numFailedTests > 0) counted.add(part);
}
sum.failed += failedParts.filter((part) => !counted.has(part)).length;
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);

/**
 * Undefined: the run died before it had written all of it, which its part's exit code tells.
 * @param {string} path
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
