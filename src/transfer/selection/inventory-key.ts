/** A key as S3 Inventory writes it: URL-encoded, a blank perhaps as `+`. Undefined: it is not. */
export function decodeInventoryKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"));
  } catch {
    return undefined;
  }
}
