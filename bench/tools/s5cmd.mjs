// @ts-check
import { awsEnvironment } from "./tool.mjs";
/** @import { Tool } from "./tool.mjs" */

/**
 * @param {string} path
 * @param {string} version
 * @returns {Tool}
 */
export function s5cmd(path, version) {
  const run = (/** @type {string[]} */ ...args) => [path, ...args];
  return {
    name: "s5cmd",
    version,
    integrity: {
      up: "SHA-256 of every part in the signature (plain HTTP), MD5 as a header; the SDK's own",
      down: "none",
    },
    isSlow: false,
    environment: (server) => ({ ...awsEnvironment(server), S3_ENDPOINT_URL: server.endpoint }),
    commands: ({ bucket }) => {
      const s3 = (/** @type {string} */ key) => `s3://${bucket}/${key}`;
      return {
        upTree: (folder, prefix) => run("cp", `${folder}/`, s3(prefix)),
        downTree: (prefix, folder) => run("cp", s3(`${prefix}*`), `${folder}/`),
        upFile: (file, key) => run("cp", file, s3(key)),
        downFile: (key, file) => run("cp", s3(key), file),
        list: (prefix) => run("ls", s3(`${prefix}*`)),
        listJson: (prefix) => run("--json", "ls", s3(`${prefix}*`)),
        remove: (prefix) => run("rm", s3(`${prefix}*`)),
        sync: (folder, prefix) => run("sync", `${folder}/`, s3(prefix)),
        syncDelete: (folder, prefix) => run("sync", "--delete", `${folder}/`, s3(prefix)),
        cat: (key) => run("cat", s3(key)),
        pipe: (key) => run("pipe", s3(key)),
        copyTree: (from, to) => run("cp", s3(`${from}*`), s3(to)),
        copyFile: (from, to) => run("cp", s3(from), s3(to)),
        presign: (key) => run("presign", s3(key)),
        version: () => run("version"),
      };
    },
  };
}
