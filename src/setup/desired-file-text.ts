import { changedDocument, documentText } from "../shapes/write-document.ts";
import type { DesiredFile } from "./desired-file.ts";
import type { AcceptedValue } from "./drift/accepted-value.ts";
import { parseDesiredFile } from "./parse-desired-file.ts";

/** What `sms-storage.yaml` holds, for a file that is made anew. */
export function desiredFileText(file: Partial<DesiredFile> & Pick<DesiredFile, "bucket">): string {
  return documentText(
    { version: 1, ...file },
    "What the bucket shall be. sms-storage setup brings it about; docs/setup.md says what can stand here.",
  );
}

/**
 * A file with these values in it. Undefined where it leaves one of the settings alone or resets it, so
 * that a value of it would mean something else.
 */
export function changedFileText(
  source: string,
  file: string,
  values: readonly AcceptedValue[],
): string | undefined {
  const { wish } = parseDesiredFile(source, file);
  const stands = values.some(({ path: [name = ""] }) =>
    ["unmanaged", "reset"].includes(
      String(new Map<string, unknown>(Object.entries(wish)).get(name)),
    ),
  );
  if (stands) return undefined;
  let text = source;
  for (const { path, value } of values) text = changedDocument(text, path, value);
  parseDesiredFile(text, file);
  return text;
}
