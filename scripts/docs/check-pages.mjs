// @ts-check
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * One sentence for each link, picture or file of the pages below a folder that leads nowhere, and for each
 * file that would come from another host.
 * @param {string} folder
 */
export function checkPages(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = names.filter((name) => name.endsWith(".html")).map((name) => join(folder, name));
  const texts = new Map(pages.map((page) => [page, readFileSync(page, "utf8")]));
  const anchors = new Map([...texts].map(([page, text]) => [page, idsOf(text)]));
  const problems = new Set();
  for (const [page, text] of texts) {
    for (const [, tag = "", target = ""] of text.matchAll(reference)) {
      const problem = problemOf(page, tag, unescape(target), anchors);
      if (problem !== undefined) problems.add(`${relative(folder, page)}: ${problem}`);
    }
  }
  return { pages: pages.length, problems: [...problems] };
}

const reference = /<(a|img|link|script|iframe|source)\b[^>]*?\s(?:href|src)="([^"]*)"/g;

/**
 * @param {string} page
 * @param {string} tag
 * @param {string} target
 * @param {ReadonlyMap<string, ReadonlySet<string>>} anchors
 */
function problemOf(page, tag, target, anchors) {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) {
    return tag === "a" || target.startsWith("data:") ? undefined : `loads ${target}`;
  }
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(file)) return `leads to ${target}, which is not there`;
  if (anchor === undefined || anchor === "" || !file.endsWith(".html")) return undefined;
  if (anchors.get(file)?.has(decodeURIComponent(anchor)) === true) return undefined;
  return `leads to ${target}, where there is no such place`;
}

/** @param {string} text */
function idsOf(text) {
  return new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => unescape(id)));
}

/** @param {string} text */
function unescape(text) {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
