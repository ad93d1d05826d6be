// @ts-check
// The servers that can be had from package registries; each is found by its variable, else on PATH. They are
// installed by who measures, and by nothing here:
//
//   go install github.com/versity/versitygw/cmd/versitygw@latest     VERSITYGW
//   pip install 'moto[server]'                                       MOTO_SERVER
//   pip install ministack                                            MINISTACK
//   pip install localemu                                             LOCALEMU
//   cargo install fakecloud                                          FAKECLOUD
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root } from "../../scripts/prepare.mjs";
import { benchKey } from "./peer.mjs";
/** @import { Peer, Place } from "./peer.mjs" */

const command = join(root, "dist/cli/main.js");

/** @returns {Peer} */
function own() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    name: "sms-storage",
    version,
    isSlow: false,
    promises:
      "flushed before it is acknowledged (fdatasync); signatures checked; encrypted at rest (AES-256-GCM), " +
      "every block verified when it is read; a CRC64NVME of every object beside its MD5",
    start: ({ folder, port }) => ({
      argv: [process.execPath, command, "server", "--port", String(port), "--data-dir", folder],
      env: {},
      key: () => {
        const file = join(folder, "identities.json");
        const [account] = JSON.parse(readFileSync(file, "utf8")).accounts;
        const { accessKeyId, secretAccessKey } = account.users[0].accessKeys[0];
        return { accessKeyId, secretAccessKey };
      },
    }),
  };
}

/**
 * @typedef {object} Known
 * @property {string} name
 * @property {string} variable
 * @property {string} program
 * @property {boolean} isSlow
 * @property {string} promises
 * @property {(path: string) => string | undefined} versionOf undefined: it is not there
 * @property {(path: string, place: Place) => { argv: string[], env: Record<string, string> }} start
 */

/** @type {readonly Known[]} */
const known = [
  {
    name: "versitygw",
    variable: "VERSITYGW",
    program: "versitygw",
    isSlow: false,
    promises:
      "not flushed; signatures checked; MD5 and a checksum as extended attributes, not compared when an " +
      "object is read; as it comes on the disk",
    versionOf: (path) => /versitygw\s+(v[\d.]+)/.exec(output("go", ["version", "-m", path]))?.[1],
    start: (path, { folder, port }) => {
      const { accessKeyId, secretAccessKey } = benchKey;
      const keys = ["--access", accessKeyId, "--secret", secretAccessKey];
      return { argv: [path, ...keys, "--port", `127.0.0.1:${port}`, "posix", folder], env: {} };
    },
  },
  {
    name: "fakecloud",
    variable: "FAKECLOUD",
    program: "fakecloud",
    isSlow: false,
    promises: "durable mode; signatures checked",
    versionOf: (path) => /([\d.]+)/.exec(output(path, ["--version"]))?.[1],
    start: (path, { folder, port }) => ({
      argv: [
        path,
        "--addr",
        `127.0.0.1:${port}`,
        "--storage-mode",
        "persistent",
        "--data-path",
        folder,
      ],
      env: { FAKECLOUD_VERIFY_SIGV4: "true" },
    }),
  },
  {
    name: "ministack",
    variable: "MINISTACK",
    program: "ministack",
    isSlow: true,
    promises: "in memory; signatures not checked; MD5",
    versionOf: (path) => pipVersion(path, "ministack"),
    start: (path, { folder, port }) => ({
      argv: [path],
      env: {
        GATEWAY_PORT: String(port),
        BIND_HOST: "127.0.0.1",
        LOG_LEVEL: "ERROR",
        TMPDIR: folder,
        S3_DATA_DIR: join(folder, "s3"),
      },
    }),
  },
  {
    name: "moto",
    variable: "MOTO_SERVER",
    program: "moto_server",
    isSlow: true,
    promises: "in memory; signatures not checked; MD5",
    versionOf: (path) => pipVersion(path, "moto"),
    start: (path, { port }) => ({ argv: [path, "-H", "127.0.0.1", "-p", String(port)], env: {} }),
  },
  {
    name: "LocalEmu",
    variable: "LOCALEMU",
    program: "localemu",
    isSlow: true,
    promises: "in memory; signatures not checked; MD5 and a checksum",
    versionOf: (path) => pipVersion(path, "localemu"),
    start: (path, { folder, port }) => {
      const temporary = join(folder, "tmp");
      mkdirSync(temporary);
      return {
        argv: [path, "start", "--host", "127.0.0.1", "--port", String(port)],
        env: { TMPDIR: temporary, DEBUG: "0" },
      };
    },
  },
];

/** Ours first. @returns {{ peers: Peer[], missing: string[] }} */
export function findPeers() {
  /** @type {Peer[]} */
  const peers = [own()];
  /** @type {string[]} */
  const missing = [];
  for (const one of known) {
    const path = pathOf(one);
    const version = path === undefined ? undefined : one.versionOf(path);
    if (path === undefined || version === undefined) {
      missing.push(one.name);
      continue;
    }
    const { name, isSlow, promises } = one;
    peers.push({
      name,
      version,
      isSlow,
      promises,
      start: (place) => ({ ...one.start(path, place), key: () => benchKey }),
    });
  }
  return { peers, missing };
}

/** @param {Known} one */
function pathOf({ variable, program }) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const given = process.env[variable];
  const paths = given === undefined ? folders.map((folder) => join(folder, program)) : [given];
  return paths.find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of the Python that the program is installed for. @param {string} path @param {string} name */
function pipVersion(path, name) {
  const code = `import importlib.metadata as m; print(m.version("${name}"))`;
  const text = output(join(dirname(path), "python3"), ["-c", code]).trim();
  return text === "" ? undefined : text;
}

/** @param {string} path @param {readonly string[]} args */
function output(path, args) {
  return spawnSync(path, args, { encoding: "utf8" }).stdout ?? "";
}
