// @ts-check
// `npm test`: installs and builds what is missing, then runs every test that needs only Node.
// Further arguments go to vitest. SMS_TEST_REPORT=FILE also writes a JSON report.
import { requireNode } from "./node-version.mjs";
import { buildIfNeeded, installIfNeeded, localTool, step, tryRun } from "./prepare.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();

const report = process.env["SMS_TEST_REPORT"];
const reporters = report
  ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  : [];
step("Running the tests (vitest)");
process.exitCode = tryRun(process.execPath, [
  localTool("vitest", "vitest.mjs"),
  "run",
  ...reporters,
  ...process.argv.slice(2),
]);
