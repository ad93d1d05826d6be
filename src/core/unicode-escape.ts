/** `\u00e9`, as JSON, HCL, YAML and JavaScript write a character by its number: an escape for each UTF-16 unit. */
export function unicodeEscape(character: string): string {
  let escaped = "";
  for (let at = 0; at < character.length; at += 1) {
    escaped += String.raw`\u` + character.charCodeAt(at).toString(16).padStart(4, "0");
  }
  return escaped;
}
