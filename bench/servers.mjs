// @ts-check
// The servers that the clients are measured against, each in a process of its own.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { root } from "../scripts/prepare.mjs";
/** @import { NullServerOptions } from "./null-server/start-null-server.mjs" */

/**
 * @typedef {object} Stats
 * @property {number} requests
 * @property {number} connections
 * @property {number} bytesIn
 * @property {number} bytesOut
 * @property {Record<string, number>} byOperation
 * @property {Record<string, number>} faults
 * @property {number} serverCpuSeconds
 */

/**
 * @typedef {object} Server
 * @property {"null" | "null-tls" | "embedded"} kind
 * @property {string} endpoint
 * @property {string} bucket
 * @property {{ accessKeyId: string, secretAccessKey: string }} key
 * @property {string | undefined} caFile
 * @property {(options: NullServerOptions) => Promise<void>} configure of a null server alone
 * @property {() => Promise<void>} reset
 * @property {() => Promise<Stats | undefined>} stats undefined: this server does not count
 * @property {() => Promise<{ key: string, size: number, crc32?: number }[]>} objects
 * @property {() => Promise<void>} stop
 */

/**
 * @param {"null" | "null-tls" | "embedded"} kind
 * @param {string} folder
 * @returns {Promise<Server>}
 */
export async function startServer(kind, folder) {
  return kind === "embedded" ? startEmbedded(folder) : startNull(kind, folder);
}

/**
 * @param {"null" | "null-tls"} kind
 * @param {string} folder
 * @returns {Promise<Server>}
 */
async function startNull(kind, folder) {
  const script = fileURLToPath(new URL("null-server.mjs", import.meta.url));
  const { line, stop } = await start([script, ...(kind === "null-tls" ? ["--tls"] : [])]);
  const { endpoint, control, authority } = JSON.parse(line);
  let caFile;
  if (authority !== undefined) {
    caFile = join(folder, "authority.pem");
    writeFileSync(caFile, authority);
  }
  const call = async (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) => {
    const answer = await fetch(control + path, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the null server: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    kind,
    endpoint,
    bucket: "bench",
    key: {
      accessKeyId: "benchbenchbenchbench",
      secretAccessKey: "bench-secret-that-opens-nothing",
    },
    caFile,
    configure: (options) => call("/configure", { method: "POST", body: JSON.stringify(options) }),
    reset: () => call("/reset", { method: "POST" }),
    stats: () => call("/stats"),
    objects: () => call("/objects"),
    stop,
  };
}

/**
 * @param {string} folder
 * @returns {Promise<Server>}
 */
async function startEmbedded(folder) {
  mkdirSync(folder, { recursive: true });
  const data = mkdtempSync(join(folder, "embedded-"));
  const command = join(root, "dist/cli/main.js");
  const args = [command, "server", "--port", "0", "--data-dir", data, "--json"];
  const { line, stop } = await start(args);
  const { endpoint, identitiesFile } = JSON.parse(line);
  const [account] = JSON.parse(readFileSync(identitiesFile, "utf8")).accounts;
  const { accessKeyId, secretAccessKey } = account.users[0].accessKeys[0];
  const key = { accessKeyId, secretAccessKey };
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: key,
  });
  await client.send(new CreateBucketCommand({ Bucket: "bench" }));
  client.destroy();
  return {
    kind: "embedded",
    endpoint,
    bucket: "bench",
    key,
    caFile: undefined,
    configure: () => Promise.reject(new Error("the embedded server has no synthetic objects")),
    reset: () => Promise.resolve(),
    stats: () => Promise.resolve(undefined),
    objects: () => Promise.resolve([]),
    stop: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** @param {readonly string[]} args */
async function start(args) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // Whatever ends this process, the server goes with it.
  process.once("exit", () => child.kill("SIGTERM"));
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  if (!text.includes("\n")) throw new Error("the server ended before it listened");
  return {
    line: text.slice(0, text.indexOf("\n")),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
