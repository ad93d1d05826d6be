// @ts-check
// lmdb's code for the file of the command: found, read and compiled as the packages that it is, it takes a
// fifth of a server's start. Its native part stays where npm has put it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const place = join(root, "node_modules", "lmdb");
/** Reads texts of MessagePack faster, of which the index has none; to load it takes milliseconds. */
const unused = "msgpackr-extract";

/**
 * A declaration of `lmdb$load(require)`, which gives what `require("lmdb")` gives, and the files that are in it.
 * Where another version is installed than this one, that one is loaded.
 * @returns {Promise<{ code: string, moduleIds: readonly string[] }>}
 */
export async function bundledLmdb() {
  const bundle = await rolldown({
    input: join(place, "dist", "index.cjs"),
    platform: "node",
    // The package of caches comes without the text of its licence.
    external: [/^node:/, "bun:ffi", "weak-lru-cache"],
    plugins: [
      {
        name: "without what is not used",
        resolveId: (id) => (id === unused ? `\0${unused}` : undefined),
        load: (id) => (id === `\0${unused}` ? "module.exports = undefined;" : undefined),
      },
    ],
    onLog: (level, log) => {
      // Of ordered-binary, which makes a function by it.
      if (log.code !== "EVAL") throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    codeSplitting: false,
    comments: false,
  });
  const [chunk] = output;
  if (output.length !== 1) throw new Error("lmdb is not one file");
  const { version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  const code = `
let lmdb_loaded;
function lmdb$load(require) {
  if (lmdb_loaded !== undefined) return lmdb_loaded;
  const file = require.resolve("lmdb");
  if (lmdb$versionOf(file) !== ${JSON.stringify(version)}) return require("lmdb");
  const { createRequire } = require("node:module");
  const module = { exports: {} };
  lmdb$evaluate(createRequire(file), module.exports, file);
  lmdb_loaded = module.exports;
  return lmdb_loaded;
}
function lmdb$versionOf(file) {
  const { readFileSync } = require("node:fs");
  const { dirname, join } = require("node:path");
  try {
    return JSON.parse(readFileSync(join(dirname(file), "..", "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}
function lmdb$evaluate(require, exports, __filename) {
${chunk.code}
}
`;
  return { code, moduleIds: chunk.moduleIds };
}
