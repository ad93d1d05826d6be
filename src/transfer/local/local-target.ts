import { join } from "node:path";

/** A place for an object on the disk, or the reason why it has none. */
export type LocalTarget = { readonly file: string } | { readonly reason: string };

/**
 * The file for a key below a folder, or why there can be none. A key is no path: `../x`, `a//b` and
 * `/x` are ordinary keys, and written as paths they would leave the folder or fall together.
 */
export function localTarget(folder: string, relativeKey: string): LocalTarget {
  const segments = relativeKey.split("/");
  for (const segment of segments) {
    if (segment === "")
      return { reason: "the key has an empty part (//, or / at its start or end)" };
    if (segment === "." || segment === "..") return { reason: `the key has a part ${segment}` };
    if (segment.includes("\0")) return { reason: "the key holds a NUL character" };
    if (process.platform === "win32" && /[\\:*?"<>|]|[. ]$/.test(segment)) {
      return { reason: `Windows allows no file named ${segment}` };
    }
  }
  return { file: join(folder, ...segments) };
}
