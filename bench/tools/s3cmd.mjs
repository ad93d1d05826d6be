// @ts-check
/** @import { Tool } from "./tool.mjs" */

/**
 * @param {string} path
 * @param {string} version
 * @returns {Tool}
 */
export function s3cmd(path, version) {
  return {
    name: "s3cmd",
    version,
    integrity: { up: "MD5 and SHA-256 of every object", down: "MD5 against the ETag" },
    isSlow: true,
    environment: () => ({}),
    commands: ({ bucket, endpoint, key, caFile }) => {
      const host = new URL(endpoint).host;
      const run = (/** @type {string[]} */ ...args) => [
        path,
        "--config=/dev/null",
        `--access_key=${key.accessKeyId}`,
        `--secret_key=${key.secretAccessKey}`,
        "--region=us-east-1",
        `--host=${host}`,
        `--host-bucket=${host}`,
        "--no-progress",
        ...(caFile === undefined ? ["--no-ssl"] : ["--ssl", `--ca-certs=${caFile}`]),
        ...args,
      ];
      const s3 = (/** @type {string} */ name) => `s3://${bucket}/${name}`;
      // Parts are left out: it wants their MD5 from the store, which a null server does not take.
      return {
        upTree: (folder, prefix) => run("put", "--recursive", `${folder}/`, s3(prefix)),
        downTree: (prefix, folder) =>
          run("get", "--recursive", "--force", s3(prefix), `${folder}/`),
        downFile: (name, file) => run("get", "--force", s3(name), file),
        list: (prefix) => run("ls", "--recursive", s3(prefix)),
        remove: (prefix) => run("del", "--recursive", "--force", s3(prefix)),
        sync: (folder, prefix) => run("sync", `${folder}/`, s3(prefix)),
        version: () => run("--version"),
      };
    },
  };
}
