const namedEntities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * Undoes `escapeXml`: resolves the five named entities and character references, control characters
 * included, and leaves whatever else looks like one. For text that is no whole document.
 */
export function unescapeXml(value: string): string {
  if (!value.includes("&")) return value;
  return value.replaceAll(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, entity: string) => {
    if (!entity.startsWith("#")) return namedEntities[entity] ?? whole;
    const isHex = entity.charCodeAt(1) === 0x78;
    const code = Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
