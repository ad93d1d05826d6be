/** The five names that XML itself defines. */
export const namedEntities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Behind `&`, the semicolon included: `&#x0010FFFF;` and more noughts than anybody writes. */
const referenceUnits = 24;

/**
 * Puts in what `resolve` answers for the text between `&` and `;`, undefined where no semicolon is
 * near. A reference that is not resolved stays as it is. One pass, which keeps nothing of a reference
 * but what it stands for: a pattern with a function would hold a record for each of millions.
 */
export function replaceReferences(
  text: string,
  resolve: (name: string | undefined) => string | undefined,
): string {
  let start = text.indexOf("&");
  if (start === -1) return text;
  const parts: string[] = [];
  let position = 0;
  for (; start !== -1; start = text.indexOf("&", Math.max(start + 1, position))) {
    const end = text.slice(start + 1, start + 1 + referenceUnits).indexOf(";");
    const name = end === -1 ? undefined : text.slice(start + 1, start + 1 + end);
    const value = resolve(name);
    if (value === undefined || name === undefined) continue;
    if (start > position) parts.push(text.slice(position, start));
    parts.push(value);
    position = start + name.length + 2;
  }
  parts.push(text.slice(position));
  return parts.join("");
}
