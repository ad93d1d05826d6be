import { createHash } from "node:crypto";
import { sameText } from "../../protocol/same-text.ts";
import type { Declaration } from "./declaration.ts";
import { type DeclaredItem, itemsOf, removeItem } from "./declared-items.ts";
import type { IamDirectory } from "./iam-directory.ts";
import { iamTables } from "./iam-records.ts";

/** Which file a declaration comes from: each answers for what it has made. */
export type DeclarationSource = "identities" | "world";

/**
 * Makes the directory as a file says, in one change that is on disk when this resolves. What the file
 * says of a thing is taken over when it was not said before: changes made since, its deletion too,
 * stay as long as the file says the same of it. What the file has made and says no more is removed.
 */
export async function applyDeclaration(
  directory: IamDirectory,
  source: DeclarationSource,
  declaration: Declaration,
  now: Date,
): Promise<void> {
  const items = itemsOf(declaration).map((item) => ({ ...item, hash: hashOf(item) }));
  const prefix = `${source}/`;
  const rows = iamTables.declared.entries(directory.records, prefix);
  const marks = new Map(
    rows.map(({ id, row: { hash, made } }) => [
      id.slice(prefix.length),
      { hash: directory.open(hash), made },
    ]),
  );
  const isTaken = ({ place, hash }: { place: string; hash: string }): boolean =>
    sameText(marks.get(place)?.hash ?? "", hash);
  const places = new Set(items.map(({ place }) => place));
  if (items.every(isTaken) && places.size === marks.size) return;
  const tools = {
    now: now.getTime(),
    randomBytes: directory.randomBytes,
    seal: (secret: string) => directory.seal(secret),
  };
  await directory.update((records) => {
    for (const [place, { made }] of marks) {
      if (places.has(place)) continue;
      removeItem(records, place, made);
      iamTables.declared.remove(records, prefix + place);
    }
    const renewed = new Set<string>();
    for (const item of items) {
      const { place, within = "" } = item;
      if (isTaken(item) && !renewed.has(within)) continue;
      const made = item.put(records, tools);
      if (made !== marks.get(place)?.made) renewed.add(place);
      iamTables.declared.put(records, prefix + place, { hash: tools.seal(item.hash), made });
    }
  });
}

function hashOf({ content }: DeclaredItem): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("base64");
}
