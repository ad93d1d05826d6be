// @ts-check
// Makes few files of the library: to find, read and link 650 small modules took an import of
// `sms-api-storage/testing` five times as long as what they are. `dist/index.js` and `dist/testing/index.js`,
// which tsc has put there, are replaced; what both share is in `dist/chunks/`, so that there is one
// StorageError. Types, and modules for tests and benchmarks, stay as tsc made them.
import { isAbsolute, join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const folder = join(root, "dist");

const bundle = await rolldown({
  input: { index: join(folder, "index.js"), "testing/index": join(folder, "testing/index.js") },
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
