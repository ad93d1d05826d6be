// @ts-check
// Libraries inside a program, where the other tools are commands: FileService, and what it is measured against.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/prepare.mjs";
import { awsEnvironment } from "./tool.mjs";
/** @import { Tool } from "./tool.mjs" */

const script = fileURLToPath(new URL("library-client.mjs", import.meta.url));

/**
 * @param {string} job of library-client.mjs
 * @param {readonly string[]} args
 */
export function libraryRun(job, ...args) {
  return [process.execPath, script, job, ...args];
}

/** @type {(manifest: string) => string} */
const versionIn = (manifest) => JSON.parse(readFileSync(join(root, manifest), "utf8")).version;

/**
 * @param {Pick<Tool, "name" | "version" | "integrity"> & Partial<Pick<Tool, "isSlow">>} facts
 * @returns {Tool}
 */
function library(facts) {
  return {
    isSlow: false,
    ...facts,
    environment: (server) => ({
      ...awsEnvironment(server),
      BENCH_BUCKET: server.bucket,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    }),
    commands: () => ({}),
  };
}

export const fileService = library({
  name: "sms-storage",
  version: versionIn("package.json"),
  integrity: {
    up: "CRC32, and what the store says of it",
    down: "stored checksum, else length and ETag",
  },
});

export const sdkLibrary = library({
  name: "AWS SDK v3",
  version: versionIn("node_modules/@aws-sdk/client-s3/package.json"),
  integrity: { up: "CRC32", down: "stored checksum of whole objects" },
});

export const bareNode = library({
  name: "bare Node",
  version: process.versions.node,
  integrity: { up: "", down: "" },
});

/** SMS API's own client, in the Python that AIOBOTO3_PYTHON names; undefined when none is. */
export function aioboto3() {
  const python = process.env["AIOBOTO3_PYTHON"];
  if (python === undefined) return undefined;
  const file = fileURLToPath(new URL("aioboto3-client.py", import.meta.url));
  const tool = library({
    name: "aioboto3",
    version: "of AIOBOTO3_PYTHON",
    integrity: { up: "", down: "none" },
    // A client takes it a tenth of a second of CPU: four runs of 2,000 would take half an hour.
    isSlow: true,
  });
  return { tool, argv: (/** @type {string[]} */ ...args) => [python, file, ...args] };
}
