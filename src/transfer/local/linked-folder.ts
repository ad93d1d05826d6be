import { lstat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/**
 * The first folder between `folder` and a file below it that is a link, and so leads elsewhere than
 * the name says; undefined: none is. `folder` itself may be one. As uploads do not follow links to
 * folders, a download of many files is not to write through them. A link that is made in the same
 * moment is not seen.
 */
export async function linkedFolder(folder: string, file: string): Promise<string | undefined> {
  const names = relative(folder, dirname(file)).split(sep);
  let place = folder;
  for (const name of names) {
    place = join(place, name);
    if (name !== "" && (await isLink(place))) return place;
  }
  return undefined;
}

async function isLink(place: string): Promise<boolean> {
  return lstat(place).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}
