// @ts-check
// Makes one file of the command: two hundred small modules cost a short command half of its time. What tsc has
// put into dist/cli/ is replaced by main.js, which starts, and command.bundle.js, which does. The library
// stays as it is.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const folder = join(root, "dist", "cli");
/** What is loaded before the bundle. */
const launcher = new Set(["main.js", "run-compiled.js", "code-cache-folder.js"]);

const bundle = await rolldown({
  input: join(folder, "command-process.js"),
  platform: "node",
  // Dependencies that only some commands need stay packages, loaded when they are needed.
  external: [/^node:/, /^@aws-sdk\//, "lmdb"],
  onLog: (level, log) => {
    throw new Error(`${level}: ${log.message}`);
  },
});
const { output } = await bundle.generate({ format: "cjs", codeSplitting: false });
const [chunk] = output;
if (output.length !== 1) throw new Error("the command is not one file");

const licences = [...new Set(chunk.moduleIds.flatMap(packageOf))].map(licenceOf);
if (/\\[^\0-\x7f]/.test(chunk.code)) throw new Error("a backslash before a letter that is escaped");
// One byte a character in memory, and quicker to read.
const code = withGivenImport(chunk.code).replaceAll(/[^\0-\x7f]/g, escaped);
const text = `(function (require, __filename, importModule) {\nconst module = { exports: {} }, { exports } = module;\n${code}})\n`;
const stamp = createHash("sha256").update(text).digest("hex");
for (const name of readdirSync(folder)) {
  if (!launcher.has(name)) rmSync(join(folder, name), { recursive: true });
}
writeFileSync(join(folder, "command.bundle.js"), `// ${stamp}\n${licences.join("")}${text}`);

/**
 * A script that V8 has kept compiled cannot import: it gets a function that does.
 * @param {string} source
 */
function withGivenImport(source) {
  /** @type {number[]} */
  const places = [];
  const visitor = new Visitor({ ImportExpression: ({ start }) => void places.push(start) });
  visitor.visit(parseSync("chunk.cjs", source).program);
  if (places.length === 0) throw new Error("no import was found: lmdb's should have been");
  let changed = source;
  for (const place of places.toSorted((one, other) => other - one)) {
    changed = `${changed.slice(0, place)}importModule${changed.slice(place + "import".length)}`;
  }
  return changed;
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
