// @ts-check
/** @import { Tool } from "./tool.mjs" */

/**
 * @param {string} path
 * @param {string} version
 * @returns {Tool}
 */
export function rclone(path, version) {
  const run = (/** @type {string[]} */ ...args) => [path, ...args];
  return {
    name: "rclone",
    version,
    integrity: {
      up: "MD5 of every object and SHA-256 of parts; HEAD after each upload",
      down: "MD5 against the ETag, where it is one",
    },
    isSlow: false,
    environment: ({ key, endpoint, caFile }) => ({
      RCLONE_CONFIG: "/dev/null",
      RCLONE_CONFIG_B_TYPE: "s3",
      RCLONE_CONFIG_B_PROVIDER: "Other",
      RCLONE_CONFIG_B_ENDPOINT: endpoint,
      RCLONE_CONFIG_B_ACCESS_KEY_ID: key.accessKeyId,
      RCLONE_CONFIG_B_SECRET_ACCESS_KEY: key.secretAccessKey,
      RCLONE_S3_NO_CHECK_BUCKET: "true",
      // Otherwise it creates the bucket and lists the target before it copies.
      RCLONE_S3_LIST_VERSION: "2",
      RCLONE_S3_DISABLE_HTTP2: "true",
      ...(caFile !== undefined && { RCLONE_CA_CERT: caFile }),
    }),
    commands: ({ bucket }) => {
      const at = (/** @type {string} */ key) => `b:${bucket}/${key}`;
      return {
        upTree: (folder, prefix) => run("copy", folder, at(prefix)),
        downTree: (prefix, folder) => run("copy", at(prefix), folder),
        upFile: (file, key) => run("copyto", file, at(key)),
        downFile: (key, file) => run("copyto", at(key), file),
        list: (prefix) => run("lsf", "--recursive", "--files-only", "--fast-list", at(prefix)),
        remove: (prefix) => run("delete", at(prefix)),
        sync: (folder, prefix) => run("copy", "--checksum", "--fast-list", folder, at(prefix)),
        syncDelete: (folder, prefix) =>
          run("sync", "--checksum", "--fast-list", folder, at(prefix)),
        cat: (key) => run("cat", at(key)),
        pipe: (key) => run("rcat", at(key)),
        copyTree: (from, to) => run("copy", at(from), at(to)),
        copyFile: (from, to) => run("copyto", at(from), at(to)),
        version: () => run("version"),
      };
    },
  };
}
