// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../prepare.mjs";

/**
 * The pages beside the reference, in the order of the menu: a heading of it, and the folder or files below it.
 * @type {readonly (readonly [string, readonly string[]])[]}
 */
const sections = [
  ["", ["docs/README.md"]],
  ["Guides", ["docs/guides"]],
  ["Coming from", ["docs/migrate"]],
  ["In depth", ["docs"]],
  ["Findings", ["docs/findings/README.md", "docs/findings"]],
  [
    "Examples",
    ["examples/vitest/README.md", "examples/pytest/README.md", "examples/science/README.md"],
  ],
  ["The project", ["CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"]],
];

/** Every document with its name in the menu, `Section/Title`. Paths are those of the repository. */
export function findSiteDocuments() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const [section, places] of sections) {
    for (const path of places.flatMap(markdownOf)) {
      if (found.has(path)) continue;
      const title = titleOf(path);
      found.set(path, section === "" ? title : `${section}/${title}`);
    }
  }
  return found;
}

/** @param {string} place a Markdown file, or a folder of them */
function markdownOf(place) {
  if (place.endsWith(".md")) return [place];
  const names = readdirSync(join(root, place)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => `${place}/${name}`);
}

/** @param {string} path */
function titleOf(path) {
  const title = /^# (.+)$/m.exec(readFileSync(join(root, path), "utf8"))?.[1];
  if (title === undefined) throw new Error(`${path} has no heading.`);
  return title.replaceAll("`", "").replaceAll("/", "\u2044");
}
