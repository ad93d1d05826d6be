import { opendir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * Whether the file system of a folder, which may not be there yet, takes `A` and `a` for one name:
 * found out by asking for a name that is there in its other case. Nothing is written. False where
 * nothing can be asked.
 */
export async function ignoresCase(folder: string): Promise<boolean> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const answer = await askIn(place);
    if (answer !== undefined || dirname(place) === place) return answer ?? false;
  }
}

/** Undefined: there is no name with letters to ask for. */
async function askIn(folder: string): Promise<boolean | undefined> {
  const entries = await opendir(folder).catch(() => undefined);
  if (entries === undefined) return undefined;
  for await (const { name } of entries) {
    const other = otherCase(name);
    if (other === name) continue;
    const [found, twin] = await Promise.all([look(join(folder, name)), look(join(folder, other))]);
    if (found !== undefined) return twin?.ino === found.ino && twin.dev === found.dev;
  }
  return undefined;
}

function otherCase(name: string): string {
  const upper = name.toUpperCase();
  return upper === name ? name.toLowerCase() : upper;
}

async function look(path: string): Promise<{ ino: number; dev: number } | undefined> {
  return stat(path).catch(() => undefined);
}
