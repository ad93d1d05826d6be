// @ts-check
// summary.mjs FOLDER [FAILED-PART...]: prints what failed, then "N passed, N failed", over the vitest
// JSON reports in the folder. A part that failed counts at least once, also when its report is missing or
// shows no failure; then the end of what it said is shown (PART.log).
import { readdirSync, readFileSync } from "node:fs";
import { join, parse, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const shownFailures = 40;
const shownLines = 40;

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
  for (const line of failuresOf(report).slice(0, shownFailures)) console.log(`${part}: ${line}`);
}
for (const part of failedParts.filter((name) => !counted.has(name))) {
  for (const line of endOf(join(folder, `${part}.log`))) console.log(`${part}: ${line}`);
}
sum.failed += failedParts.filter((part) => !counted.has(part)).length;
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);

/**
 * A line for each failed test, and for each file that could not be run.
 * @param {{ testResults?: { name: string, message?: string, status?: string, assertionResults: { status: string, fullName: string, failureMessages?: string[] }[] }[] }} report
 */
function failuresOf({ testResults = [] }) {
  return testResults.flatMap(({ name, message = "", status, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [`${file}: ${firstLine(message)}`] : [];
    return failed.map(
      ({ fullName, failureMessages = [] }) =>
        `${file} > ${fullName}: ${firstLine(failureMessages[0] ?? "")}`,
    );
  });
}

/** @param {string} text */
function firstLine(text) {
  return stripVTControlCharacters(text).split("\n", 1)[0] ?? "";
}

/**
 * From where vitest tells errors outside of tests, else the last lines.
 * @param {string} path
 */
function endOf(path) {
  const lines = stripVTControlCharacters(read(path) ?? "")
    .trimEnd()
    .split("\n");
  const errors = lines.findIndex((line) => line.includes("Unhandled Error"));
  return errors === -1 ? lines.slice(-shownLines) : lines.slice(errors, errors + shownLines);
}

/**
 * Undefined: the run died before it had written all of it, which its part's exit code tells.
 * @param {string} path
 */
function readReport(path) {
  try {
    return JSON.parse(read(path) ?? "");
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
