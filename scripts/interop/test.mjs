// @ts-check
// `npm run test:interop`: installs the foreign clients and servers, then lets them judge this server and
// this server's client. Further arguments go to vitest. SMS_TEST_REPORT=FILE also writes a JSON report.
import { requireNode } from "../node-version.mjs";
import { buildIfNeeded, installIfNeeded, localTool, run, step, tryRun } from "../prepare.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();
step("Installing the foreign clients and servers");
run("bash", ["scripts/interop/install.sh"]);

const report = process.env["SMS_TEST_REPORT"];
const reporters = report
  ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  : [];
step("Running the interoperability tests (vitest)");
process.exitCode = tryRun(process.execPath, [
  localTool("vitest", "vitest.mjs"),
  "run",
  "--config=vitest.interop.config.ts",
  ...reporters,
  ...process.argv.slice(2),
]);
