// @ts-check
// Makes one file of the command: two hundred small modules cost a short command half of its time. What tsc has
// put into dist/cli/ is replaced by main.js, which starts, and command.bundle.js, which does. The library
// stays as it is. Both are scripts: for a module, Node would first start its loader of modules.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { rolldown } from "rolldown";
import { bundledLmdb } from "./bundled-lmdb.mjs";
import { root } from "./prepare.mjs";

const folder = join(root, "dist", "cli");
/** What is loaded before the bundle. */
const launcher = await scriptsFrom("main.js");

const bundle = await rolldown({
  input: join(folder, "command-process.js"),
  platform: "node",
  // Dependencies that only some commands need stay packages, loaded when they are needed.
  external: [/^node:/, /^@aws-sdk\//, "lmdb"],
  onLog: (level, log) => {
    throw new Error(`${level}: ${log.message}`);
  },
});
const { output } = await bundle.generate({ format: "cjs", codeSplitting: false, comments: false });
const [chunk] = output;
if (output.length !== 1) throw new Error("the command is not one file");

const lmdb = await bundledLmdb();
const moduleIds = [...chunk.moduleIds, ...lmdb.moduleIds];
const licences = [...new Set(moduleIds.flatMap(packageOf))].map(licenceOf);
const plain = withLateSpawn(withLateRequires(withGivenImport(chunk.code))) + lmdb.code;
if (/\\[^\0-\x7f]/.test(plain)) throw new Error("a backslash before a letter that is escaped");
// One byte a character in memory, and quicker to read.
const code = plain.replaceAll(/[^\0-\x7f]/g, escaped);
const text = `(function (require, __filename, importModule) {\nconst module = { exports: {} }, { exports } = module;\n${code}})\n`;
const stamp = createHash("sha256").update(text).digest("hex");
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
for (const [name, script] of launcher) writeFileSync(join(folder, name), script);
writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
writeFileSync(join(folder, "command.bundle.js"), `// ${stamp}\n${licences.join("")}${text}`);

/**
 * The modules of the folder from one of them on, each as a script.
 * @param {string} entry
 * @returns {Promise<[string, string][]>}
 */
async function scriptsFrom(entry) {
  const modules = await rolldown({ input: join(folder, entry), platform: "node" });
  const scripts = await modules.generate({ format: "cjs", preserveModules: true });
  return scripts.output.map((one) => {
    if (one.type !== "chunk") throw new Error(`${one.fileName} is no script`);
    return [one.fileName, one.code];
  });
}

/**
 * A script that V8 has kept compiled cannot import: it gets a function that does. lmdb is in the script.
 * @param {string} source
 */
function withGivenImport(source) {
  /** @type {Change[]} */
  const changes = [];
  let required = 0;
  const visitor = new Visitor({
    ImportExpression: ({ start, end, source: module }) => {
      if (module.type !== "Literal" || module.value !== "lmdb") {
        changes.push({ start, end: start + "import".length, text: "importModule" });
        return;
      }
      required += 1;
      changes.push({ start, end, text: "lmdb$load(require)" });
    },
  });
  visitor.visit(parseSync("chunk.cjs", source).program);
  if (required !== 1) throw new Error(`lmdb is loaded in ${required} places instead of one`);
  return changed(source, changes);
}

/**
 * Node's own modules are loaded when something of theirs is used: TLS, HTTP and zlib take longer than all
 * that a listing does. `let node_tls = require("node:tls")` becomes a function that is called at each use. So
 * does each member that is used: to get it out of its module again for each row cost a tenth of a listing.
 * @param {string} source
 */
function withLateRequires(source) {
  const declared =
    /^let (node_\w+) = (require\("node:[\w/]+"\));\n(?:\1 = (__toESM\()\1(, 1\));\n)?/gm;
  /** @type {Change[]} */
  const changes = [];
  /** @type {Map<string, Change>} */
  const modules = new Map();
  for (const found of source.matchAll(declared)) {
    const [whole, name = "", loading, before = "", behind = ""] = found;
    const [start, end] = [found.index, found.index + whole.length];
    const loaded = `${name}_loaded`;
    const load = `return ${loaded} ??= ${before}${loading}${behind};`;
    modules.set(name, { start, end, text: `let ${loaded};\nfunction ${name}() { ${load} }\n` });
  }
  if (!modules.has("node_tls")) throw new Error("Node's modules are required in an unknown form");
  const { program } = parseSync("chunk.cjs", source);
  // Some packages have variables of these names within them: such a module is loaded at once, as it was.
  new Visitor({
    VariableDeclarator: ({ id, start }) => {
      const place = id.type === "Identifier" ? modules.get(id.name) : undefined;
      if (id.type !== "Identifier" || place === undefined) return;
      if (start < place.start || start > place.end) modules.delete(id.name);
    },
  }).visit(program);
  /** @type {Map<string, string>} */
  const members = new Map();
  /** @type {Set<number>} */
  const read = new Set();
  const visitor = new Visitor({
    MemberExpression: ({ object, property, computed, end }) => {
      if (object.type !== "Identifier" || property.type !== "Identifier" || computed) return;
      const declaration = modules.get(object.name);
      if (declaration === undefined || property.name === "default") return;
      const member = `${object.name}$${property.name}`;
      members.set(member, `${object.name}().${property.name}`);
      read.add(object.start);
      changes.push({ start: object.start, end, text: `(${member}())` });
    },
    Identifier: ({ name, start, end }) => {
      const declaration = modules.get(name);
      if (declaration === undefined || read.has(start)) return;
      if (start >= declaration.start && end <= declaration.end) return;
      // In brackets: `new node_net().BlockList()` would call something else.
      changes.push({ start, end, text: `(${name}())` });
    },
  });
  changes.push(...modules.values());
  visitor.visit(program);
  const loads = [...members].map(
    ([member, loading]) =>
      `let ${member}_loaded;\nfunction ${member}() { return ${member}_loaded ??= ${loading}; }\n`,
  );
  return loads.join("") + changed(source, changes);
}

/**
 * commander starts the programs that are subcommands elsewhere, of which there are none here.
 * @param {string} source
 */
function withLateSpawn(source) {
  const declaration = 'const childProcess = require("node:child_process");';
  const late = "const childProcess = { get spawn() { return node_child_process().spawn; } };";
  if (!source.includes(declaration)) throw new Error("commander requires in an unknown form");
  return source.replace(declaration, late);
}

/** @typedef {{ start: number, end: number, text: string }} Change */

/**
 * @param {string} source
 * @param {readonly Change[]} changes
 */
function changed(source, changes) {
  const pieces = [];
  let at = 0;
  for (const { start, end, text: to } of changes.toSorted(
    (one, other) => one.start - other.start,
  )) {
    pieces.push(source.slice(at, start), to);
    at = end;
  }
  return pieces.join("") + source.slice(at);
}

/**
 * In strings, templates and patterns it means the same; names of the code have none.
 * @param {string} character
 */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * @param {string} file
 * @returns {string[]} the folder of the package that it belongs to, when it is not ours
 */
function packageOf(file) {
  const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll("\\", "/"));
  return found === null ? [] : [found[0]];
}

/** @param {string} place */
function licenceOf(place) {
  const { name, version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  const file = readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(dirname(place))) throw new Error(`${name} has no licence`);
  const lines = readFileSync(join(place, file), "utf8").trim().split("\n");
  const comment = lines.map((line) => `// ${line}`.trimEnd()).join("\n");
  return `// Contains ${name} ${version}:\n${comment}\n`;
}
