// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/prepare.mjs";
/** @import { Tool } from "./tool.mjs" */

/** @returns {Tool} this project's command, as it was built */
export function smsStorage() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const command = [process.execPath, join(root, "dist/cli/main.js")];
  const run = (/** @type {string[]} */ ...args) => [...command, ...args];
  return {
    name: "sms-storage",
    version,
    integrity: {
      up: "CRC32 of every object, sent along and judged by the store",
      down: "stored checksum (CRC64NVME, CRC32, ...) of every object, else the ETag; If-Match on ranges",
    },
    isSlow: false,
    environment: ({ key, endpoint, caFile }) => ({
      STORAGE_S3_ACCESS_KEY_ID: key.accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: key.secretAccessKey,
      STORAGE_S3_REGION: "us-east-1",
      STORAGE_S3_ENDPOINT_URL: endpoint,
      ...(caFile !== undefined && { STORAGE_S3_CA_FILE: caFile }),
    }),
    commands: ({ bucket }) => {
      const s3 = (/** @type {string} */ key) => `s3://${bucket}/${key}`;
      return {
        upTree: (folder, prefix) => run("cp", "-r", folder, s3(prefix)),
        downTree: (prefix, folder) => run("cp", "-r", s3(prefix), folder),
        upFile: (file, key) => run("cp", file, s3(key)),
        downFile: (key, file) => run("cp", s3(key), file),
        list: (prefix) => run("ls", "-r", s3(prefix)),
        listJson: (prefix) => run("ls", "-r", "--json", s3(prefix)),
        remove: (prefix) => run("rm", "-r", "--yes", s3(prefix)),
        sync: (folder, prefix) => run("sync", folder, s3(prefix)),
        syncDelete: (folder, prefix) => run("sync", "--delete", folder, s3(prefix)),
        cat: (key) => run("cat", s3(key)),
        pipe: (key) => run("cp", "-", s3(key)),
        copyTree: (from, to) => run("cp", "-r", s3(from), s3(to)),
        copyFile: (from, to) => run("cp", s3(from), s3(to)),
        presign: (key) => run("presign", s3(key)),
        version: () => run("--version"),
      };
    },
  };
}
