// @ts-check
// `npm run test:interop`: installs the foreign clients and servers, then lets them judge this server and
// this server's client.
import { requireNode } from "../node-version.mjs";
import { buildIfNeeded, installIfNeeded, run, step } from "../prepare.mjs";
import { runVitest } from "../run-vitest.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();
step("Installing the foreign clients and servers");
run("bash", ["scripts/interop/install.sh"]);
const title = "Running the interoperability tests (vitest)";
process.exitCode = runVitest(title, ["--config=vitest.interop.config.ts"]);
