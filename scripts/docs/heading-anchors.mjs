// @ts-check
import { githubSlug } from "./github-slug.mjs";

/**
 * typedoc leaves code out when it names a heading, and draws hyphens together. Here code counts as text, and a
 * heading that GitHub names otherwise has that name besides.
 * @param {any} parser of markdown-it
 */
export function nameHeadings(parser) {
  parser.core.ruler.push("code_in_headings", (/** @type {any} */ state) => {
    state.tokens.forEach((/** @type {any} */ token, /** @type {number} */ index) => {
      const inline = state.tokens[index + 1];
      if (token.type !== "heading_open" || inline?.children === null) return;
      inline.children = inline.children.flatMap((/** @type {any} */ child) =>
        child.type === "code_inline" ? asText(state, child) : [child],
      );
    });
  });
  parser.renderer.rules.heading_open = (
    /** @type {any} */ tokens,
    /** @type {number} */ index,
    /** @type {any} */ options,
    /** @type {any} */ _env,
    /** @type {any} */ self,
  ) => {
    const opened = self.renderToken(tokens, index, options);
    const texts = tokens[index + 1].children.filter(
      (/** @type {any} */ { type }) => type === "text",
    );
    const slug = githubSlug(texts.map((/** @type {any} */ { content }) => content).join(""));
    return tokens[index].attrGet("id") === slug ? opened : `${opened}<span id="${slug}"></span>`;
  };
}

/**
 * @param {any} state
 * @param {any} code
 */
function asText({ Token }, { content }) {
  const [open, text, close] = ["html_inline", "text", "html_inline"].map(
    (type) => new Token(type, "", 0),
  );
  open.content = "<code>";
  text.content = content;
  close.content = "</code>";
  return [open, text, close];
}
