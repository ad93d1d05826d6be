// @ts-check
// Old syntax on purpose: this file has to run on the Node versions it refuses.
import { readFileSync } from "node:fs";

/** Ends the program with a clear sentence when Node is older than package.json's `engines`. */
export function requireNode() {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const wanted = JSON.parse(text).engines.node.replace(/[^0-9.]/g, "");
  if (compareVersions(process.versions.node, wanted) >= 0) return;
  console.error(
    "sms-api-storage needs Node " +
      wanted +
      " or newer, and this is Node " +
      process.versions.node +
      ".\n" +
      "Install a newer Node (for instance with your version manager: `nvm install 20`) and run the command again.",
  );
  process.exit(1);
}

/**
 * @param {string} left
 * @param {string} right
 */
export function compareVersions(left, right) {
  const a = left.split(".").map(Number);
  const b = right.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
