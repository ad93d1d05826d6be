// @ts-check

/**
 * The names of documents hold their section for the menu, `Section/Title`: it is a step of its own in the path
 * above a page, and none of its title.
 * @param {string} html
 */
export function nameSection(html) {
  return html
    .replace(/(<title>)[^<|]+\/(?=[^<]*<\/title>)/, "$1")
    .replace(
      /(<li>)(<a href="[^"]*" aria-current="page">)([^<]+)\/(?=[^<]*<\/a>)/,
      "$1$3</li>$1$2",
    );
}
