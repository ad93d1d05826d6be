// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/prepare.mjs";
import { awsEnvironment } from "./tool.mjs";
/** @import { Tool } from "./tool.mjs" */

const script = fileURLToPath(new URL("aws-sdk-client.mjs", import.meta.url));

/** @returns {Tool} the AWS SDK for JavaScript, version 3, with lib-storage */
export function awsSdk() {
  const manifest = join(root, "node_modules/@aws-sdk/lib-storage/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  return {
    name: "AWS SDK v3",
    version,
    integrity: { up: "CRC32, as a trailer of streams", down: "stored checksum of whole objects" },
    isSlow: true,
    environment: (server) => ({
      ...awsEnvironment(server),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    }),
    commands: ({ bucket }) => {
      const run = (/** @type {string[]} */ ...args) => [process.execPath, script, bucket, ...args];
      return {
        upTree: (folder, prefix) => run("up-tree", folder, prefix),
        downTree: (prefix, folder) => run("down-tree", prefix, folder),
        upFile: (file, key) => run("up-file", file, key),
        downFile: (key, file) => run("down-file", key, file),
        list: (prefix) => run("list", prefix),
        remove: (prefix) => run("remove", prefix),
        pipe: (key) => run("pipe", "-", key),
      };
    },
  };
}
