// @ts-check
// `npm test`: installs and builds what is missing, then runs every test that needs only Node.
import { requireNode } from "./node-version.mjs";
import { buildIfNeeded, installIfNeeded } from "./prepare.mjs";
import { runVitest } from "./run-vitest.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();
process.exitCode = runVitest("Running the tests (vitest)", []);
