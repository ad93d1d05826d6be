// @ts-check
// `npm start`: from a fresh clone to a working bucket. All that the product does itself is in
// `sms-storage start`; this only installs, builds and hands over.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { requireNode } from "./node-version.mjs";
import { buildIfNeeded, installIfNeeded, root } from "./prepare.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();

const child = spawn(
  process.execPath,
  [join(root, "dist", "cli", "main.js"), "start", ...process.argv.slice(2)],
  { stdio: "inherit", cwd: process.env["INIT_CWD"] ?? process.cwd() },
);
// A terminal sends Ctrl-C to the whole group; a supervisor signals only this process.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});
