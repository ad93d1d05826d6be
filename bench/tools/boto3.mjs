// @ts-check
import { fileURLToPath } from "node:url";
import { awsEnvironment } from "./tool.mjs";
/** @import { Tool } from "./tool.mjs" */

const script = fileURLToPath(new URL("boto3-client.py", import.meta.url));

/**
 * @param {string} python
 * @param {string} version
 * @returns {Tool}
 */
export function boto3(python, version) {
  return {
    name: "boto3",
    version,
    integrity: {
      up: "CRC32 or CRC64NVME by version, sent along",
      down: "stored checksum where the whole object is read at once",
    },
    isSlow: true,
    environment: awsEnvironment,
    commands: ({ bucket }) => {
      const run = (/** @type {string[]} */ ...args) => [python, script, bucket, ...args];
      return {
        upTree: (folder, prefix) => run("up-tree", folder, prefix),
        downTree: (prefix, folder) => run("down-tree", prefix, folder),
        upFile: (file, key) => run("up-file", file, key),
        downFile: (key, file) => run("down-file", key, file),
        list: (prefix) => run("list", prefix),
        remove: (prefix) => run("remove", prefix),
        copyFile: (from, to) => run("copy-file", from, to),
      };
    },
  };
}
