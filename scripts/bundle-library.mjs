// @ts-check
// Makes few files of the library: to find, read and link 650 small modules took an import of
// `sms-api-storage/testing` five times as long as what they are. The entry points, which tsc has put into
// `dist/`, are replaced; what they share is in `dist/chunks/`, so that there is one StorageError. Types, and modules for tests and benchmarks, stay as tsc made them.
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
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

// What is imported late lies apart from what an entry loads that has far more: else the first upload of a program
// would load the embedded server, with which `testing` shares the client.
/** @type {Readonly<Record<string, readonly string[]>>} */
const late = {
  client: ["client/open-s3-store"],
  files: ["files/file-service-on"],
  trees: lateImportsOf("files/file-service-on"),
};
const loadedLate = new Map(
  Object.entries(late).map(([name, modules]) => [
    name,
    new Set(modules.flatMap((module) => [...modulesOf(join(folder, `${module}.js`))])),
  ]),
);

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
const { output } = await bundle.write({
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

for (const [name, modules] of Object.entries(late)) {
  const foreign = modules.flatMap((module) => foreignTo(join(folder, `${module}.js`)));
  if (foreign.length > 0) throw new Error(`${name}: ${foreign[0]} is loaded in vain`);
}

/**
 * Modules that a late import loads from the files, and that belong neither to it nor to another late one.
 * @param {string} module
 * @returns {string[]}
 */
function foreignTo(module) {
  const chunks = output.flatMap((one) => (one.type === "chunk" ? [one] : []));
  const seen = new Set(chunks.filter(({ moduleIds }) => moduleIds.includes(module)));
  if (seen.size !== 1) throw new Error(`${module} is in ${seen.size} files`);
  for (const { imports } of seen) {
    for (const one of chunks) if (imports.includes(one.fileName)) seen.add(one);
  }
  const own = [loadedBy.get(places[0] ?? ""), ...loadedLate.values()];
  const loaded = [...seen].flatMap(({ moduleIds }) => moduleIds).filter(isAbsolute);
  return loaded.filter((id) => !own.some((modules) => modules?.has(id) === true));
}

/**
 * What a bare import of the same entries loads is one file, and so is what the same late imports do.
 * @param {string} module
 */
function chunkOf(module) {
  if (places.includes(module)) return null;
  const by = places.flatMap((place, index) =>
    loadedBy.get(place)?.has(module) === true ? [index] : [],
  );
  // The main entry's are there already.
  const later = by.includes(0)
    ? []
    : [...loadedLate].flatMap(([name, modules]) => (modules.has(module) ? [name] : []));
  return by.length + later.length === 0 ? null : ["of", by.join(""), ...later].join("-");
}

/**
 * Modules that one imports when it needs them, by their names in the folder.
 * @param {string} name
 * @returns {string[]}
 */
function lateImportsOf(name) {
  const place = join(folder, `${name}.js`);
  const text = readFileSync(place, "utf8");
  return parseSync(place, text).module.dynamicImports.map(({ moduleRequest }) => {
    const path = text.slice(moduleRequest.start + 1, moduleRequest.end - 1);
    return relative(folder, join(dirname(place), path)).replace(/\.js$/, "");
  });
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
