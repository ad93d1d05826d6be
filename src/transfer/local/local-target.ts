import { join } from "node:path";
import { isPartFile } from "./part-files.ts";

/** A place for an object on the disk, or the reason why it has none. */
export type LocalTarget = { readonly file: string } | { readonly reason: string };

/**
 * The file for a key below a folder, or why there can be none. A key is no path: `../x`, `a//b` and
 * `/x` are ordinary keys, and written as paths they would leave the folder or fall together.
 * `platform`: as `process.platform` has it.
 */
export function localTarget(
  folder: string,
  relativeKey: string,
  platform: string = process.platform,
): LocalTarget {
  const segments = relativeKey.split("/");
  for (const segment of segments) {
    const reason = faultOf(segment, platform);
    if (reason !== undefined) return { reason };
  }
  return { file: join(folder, ...segments) };
}

function faultOf(segment: string, platform: string): string | undefined {
  if (segment === "") return "the key has an empty part (//, or / at its start or end)";
  if (segment === "." || segment === "..") return `the key has a part ${segment}`;
  if (segment.includes("\0")) return "the key holds a NUL character";
  if (isPartFile(segment)) return "files of such names are unfinished downloads and get removed";
  if (platform === "win32" && (notOnWindows.test(segment) || windowsDevice.test(segment))) {
    return `Windows allows no file named ${segment}`;
  }
  return undefined;
}

// eslint-disable-next-line no-control-regex -- Windows takes none of them
const notOnWindows = /[\x00-\x1f\\:*?"<>|]|[. ]$/;

/**
 * Opened in any folder and with any ending, these are devices. Source: Windows documentation, "Naming
 * Files, Paths, and Namespaces".
 */
const windowsDevice =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;
