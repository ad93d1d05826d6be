// @ts-check
// Makes few files of the library: to find, read and link 650 small modules took an import of
// `sms-api-storage/testing` five times as long as what they are. The entry points, which tsc has put into
// `dist/`, are replaced; what they share is in `dist/chunks/`, so that there is one StorageError. Types, and modules for tests and benchmarks, stay as tsc made them.
import { isAbsolute, join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const entries = ["index", "testing/index", "testing/contract/index"];
const folder = join(root, "dist");

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry, join(folder, `${entry}.js`)])),
  platform: "node",
  // Packages stay packages, each loaded by whoever imports it, and when.
  external: (name) => !name.startsWith(".") && !isAbsolute(name),
  onLog: (level, log) => {
    throw new Error(`${level}: ${log.message}`);
  },
});
await bundle.write({
  dir: folder,
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  comments: false,
});
