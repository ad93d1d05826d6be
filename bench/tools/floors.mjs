// @ts-check
// What the machine itself can do: the same bytes by curl over one connection, and from disk to disk by dd.
/** @import { Tool } from "./tool.mjs" */

const none = { up: "none", down: "none" };

/**
 * Without a signature: only a null server takes that.
 * @param {string} path
 * @param {string} version
 * @returns {Tool}
 */
export function curl(path, version) {
  return {
    name: "curl (floor)",
    version,
    integrity: none,
    isSlow: false,
    isFloor: true,
    environment: () => ({}),
    commands: ({ kind, endpoint, bucket, caFile }) => {
      if (kind === "embedded") return {};
      const trust = caFile === undefined ? [] : ["--cacert", caFile];
      const run = (/** @type {string[]} */ ...args) => [path, "-sS", "-f", ...trust, ...args];
      const url = (/** @type {string} */ key) => `${endpoint}/${bucket}/${key}`;
      return {
        // Without a file behind it, so that nothing waits for "100 Continue".
        upFile: (file, key) => run("-H", "Expect:", "-T", file, url(key)),
        downFile: (key, file) => run("-o", file, url(key)),
        cat: (key) => run(url(key)),
      };
    },
  };
}

/** @returns {Tool} the same bytes from one file of the work folder to another */
export function dd() {
  return {
    name: "dd (floor)",
    version: "",
    integrity: none,
    isSlow: false,
    isFloor: true,
    environment: () => ({}),
    commands: () => ({
      copyLocal: (from, to) => ["dd", `if=${from}`, `of=${to}`, "bs=1M", "status=none"],
    }),
  };
}

/** @returns {Tool} Node itself, doing nothing */
export function bareNode() {
  return {
    name: "node -e 0 (floor)",
    version: process.versions.node,
    integrity: none,
    isSlow: false,
    isFloor: true,
    environment: () => ({}),
    commands: () => ({ nothing: () => [process.execPath, "-e", "0"] }),
  };
}
