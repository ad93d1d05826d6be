// @ts-check
// `npm run docs`: the documents of the repository and the reference of its entries as a static site.
import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPages } from "./docs/check-pages.mjs";
import { requireNode } from "./node-version.mjs";
import { buildIfNeeded, installIfNeeded, root, step } from "./prepare.mjs";

requireNode();
installIfNeeded();
buildIfNeeded();
// typedoc imports `typescript`, and has no support for the one that compiles this project yet.
const redirect = `export const resolve = (name, context, next) =>
  next(name === "typescript" ? "typescript-for-docs" : name, context);`;
register(`data:text/javascript,${encodeURIComponent(redirect)}`);

step("Making the site (typedoc)");
const { makeSite } = await import("./docs/make-site.mjs");
const folder = join(root, "site");
const warnings = await makeSite(folder);
const { pages, problems } = checkPages(folder);
for (const problem of problems) console.error(problem);
if (warnings + problems.length > 0) {
  console.error(`\n${warnings} warnings of typedoc, ${problems.length} links that lead nowhere.`);
  process.exitCode = 1;
} else {
  const page = join(folder, "index.html");
  console.log(
    `${pages} pages, all links in order. Open it in a browser:\n  ${page}\n  ${pathToFileURL(page).href}`,
  );
}
