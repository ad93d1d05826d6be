// @ts-check
// Makes few files of the library: to find, read and link 650 small modules took an import of
// `sms-api-storage/testing` five times as long as what they are. The entry points, which tsc has put into
// `dist/`, are replaced; what they share is in `dist/chunks/`, so that there is one StorageError. Types, and modules for tests and benchmarks, stay as tsc made them.
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parseSync } from "oxc-parser";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const entries = [
  "index",
  "entries/setup",
  "entries/server",
  "testing/index",
  "testing/contract/index",
];
const folder = join(root, "dist");
const places = entries.map((entry) => join(folder, `${entry}.js`));
const loadedBy = new Map(places.map((place) => [place, modulesOf(place)]));

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry, index) => [entry, places[index] ?? ""])),
  platform: "node",
  // As they are without it where dependencies are put into chunks by hand; nobody imports from entries.
  preserveEntrySignatures: "allow-extension",
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
  // By default what is imported late as well has a file for each way that leads to it.
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: chunkOf, debugName: "by entries" }],
  },
});

/**
 * What a bare import of the same entries loads is one file.
 * @param {string} module
 */
function chunkOf(module) {
  const by = places.flatMap((place, index) =>
    loadedBy.get(place)?.has(module) === true && !places.includes(module) ? [index] : [],
  );
  return by.length === 0 ? null : `of-${by.join("")}`;
}

/**
 * All that an import of a module loads before it runs.
 * @param {string} module
 * @returns {Set<string>}
 */
function modulesOf(module, seen = new Set([module])) {
  const { staticImports, staticExports } = parseSync(module, readFileSync(module, "utf8")).module;
  const named = staticExports.flatMap(({ entries: all }) =>
    all.map(({ moduleRequest }) => moduleRequest),
  );
  for (const request of [...staticImports.map(({ moduleRequest }) => moduleRequest), ...named]) {
    if (request?.value.startsWith(".") !== true) continue;
    const next = join(dirname(module), request.value);
    if (seen.has(next)) continue;
    seen.add(next);
    modulesOf(next, seen);
  }
  return seen;
}
