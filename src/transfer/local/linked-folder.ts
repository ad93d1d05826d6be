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
    if (name === "") continue;
    const stats = await lstat(place).catch(() => undefined);
    // Below what is not there, or must not be looked into, nothing is seen either.
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) return place;
  }
  return undefined;
}
