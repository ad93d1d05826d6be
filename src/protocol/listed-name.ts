import { uriEncode } from "./query.ts";

/**
 * A key, prefix or marker of a listing with `encoding-type=url`. S3 itself sends a space as `+`; `%20`
 * is read alike by every client, also by those that do not know the plus sign. Nothing in the result
 * needs escaping in XML.
 */
export function encodeListedName(name: string): string {
  return uriEncode(name, { keepSlash: true });
}

/**
 * Reads what AWS (a space is `+`) and others (`%20`) send; both write a plus as `%2B`. An escape that
 * is no UTF-8 is left as it stands.
 */
export function decodeListedName(value: string): string {
  const spaced = value.includes("+") ? value.replaceAll("+", " ") : value;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
