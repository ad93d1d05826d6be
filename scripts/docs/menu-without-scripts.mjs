// @ts-check
import { JSX } from "typedoc";

// The menus at the side, and the search, are made by scripts. Where none may run, they are not shown, a list of all
// pages stands at the end of each, and a link to it at its beginning.

/** Shown where scripts may not run. @param {string} html */
const withoutScripts = (html) =>
  JSX.createElement("noscript", null, JSX.createElement(JSX.Raw, { html }));

/** What stands at the beginning of a page. */
export function toMenuWithoutScripts() {
  return withoutScripts(
    `<style>.site-menu, .settings, #tsd-search-trigger, #tsd-toolbar-menu-trigger { display: none !important }</style>` +
      `<p><a href="#all-pages">All pages</a></p>`,
  );
}

/**
 * What stands at the end of a page.
 * @param {import("typedoc").DefaultThemeRenderContext} context
 */
export function menuWithoutScripts(context) {
  const { project } = context.page;
  const pages = [...(project.documents ?? []), ...(project.children ?? [])];
  const links = pages
    .filter((page) => !page.name.startsWith("Findings/"))
    .map((page) => `<li><a href="${context.urlTo(page)}">${escape(page.name)}</a></li>`);
  return withoutScripts(
    `<nav aria-label="All pages"><h2 id="all-pages">All pages</h2><ul>${links.join("")}</ul></nav>`,
  );
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
