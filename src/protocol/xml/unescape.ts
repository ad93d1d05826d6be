import { namedEntities, replaceReferences } from "./replace-references.ts";

/**
 * Undoes `escapeXml`: resolves the five named entities and character references, control characters
 * included, and leaves whatever else looks like one. For text that is no whole document.
 */
export function unescapeXml(value: string): string {
  return replaceReferences(value, (name) => {
    if (name === undefined) return undefined;
    const number = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(name);
    if (number === null) return namedEntities.get(name);
    const [, hex, decimal] = number;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  });
}
