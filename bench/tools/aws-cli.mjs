// @ts-check
import { awsEnvironment } from "./tool.mjs";
/** @import { Tool } from "./tool.mjs" */

/**
 * @param {string} path
 * @param {string} version
 * @returns {Tool}
 */
export function awsCli(path, version) {
  const run = (/** @type {string[]} */ ...args) => [path, "s3", ...args];
  const quiet = (/** @type {string[]} */ ...args) => run(...args, "--only-show-errors");
  return {
    name: "aws s3",
    version,
    integrity: {
      up: "CRC64NVME or CRC32 by version, sent along",
      down: "stored checksum where the whole object is read at once",
    },
    isSlow: true,
    environment: awsEnvironment,
    commands: ({ bucket }) => {
      const s3 = (/** @type {string} */ key) => `s3://${bucket}/${key}`;
      return {
        upTree: (folder, prefix) => quiet("cp", "--recursive", folder, s3(prefix)),
        downTree: (prefix, folder) => quiet("cp", "--recursive", s3(prefix), folder),
        upFile: (file, key) => quiet("cp", file, s3(key)),
        downFile: (key, file) => quiet("cp", s3(key), file),
        list: (prefix) => run("ls", "--recursive", s3(prefix)),
        remove: (prefix) => quiet("rm", "--recursive", s3(prefix)),
        sync: (folder, prefix) => quiet("sync", folder, s3(prefix)),
        syncDelete: (folder, prefix) => quiet("sync", "--delete", folder, s3(prefix)),
        cat: (key) => quiet("cp", s3(key), "-"),
        pipe: (key) => quiet("cp", "-", s3(key)),
        copyTree: (from, to) => quiet("cp", "--recursive", s3(from), s3(to)),
        copyFile: (from, to) => quiet("cp", s3(from), s3(to)),
        presign: (key) => run("presign", s3(key)),
        version: () => [path, "--version"],
      };
    },
  };
}
