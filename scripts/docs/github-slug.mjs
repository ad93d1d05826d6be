// @ts-check

/**
 * What a heading is called in links, by GitHub's rule.
 * @param {string} text without marks of Markdown
 */
export function githubSlug(text) {
  const kept = text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "");
  return kept.replaceAll(" ", "-");
}
