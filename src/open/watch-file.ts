import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { worldLimits } from "../core/world-limits.ts";

export interface WatchedFile {
  /** Looks at once, whatever its times say. Never throws. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Calls `changed` when a file was written, replaced or taken away, once for each state in which it is found
 * resting that is not the one before.
 * The system's word on its folder makes it quick, and looks of its own make it sure: a folder on a
 * network tells nothing, and editors rename. `changed` must not throw.
 */
export function watchFile(
  file: string,
  knownState: string | undefined,
  changed: () => Promise<void>,
): WatchedFile {
  let known = knownState;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const look = async (anyhow: boolean): Promise<void> => {
    if (stopped) return;
    let state = await fileState(file);
    if (state === known && !anyhow) return;
    // Whoever writes it may be in the middle of that; a file that is away is about to come.
    for (let before: string | undefined; before !== state;) {
      before = state;
      await sleep(worldLimits.settleMs);
      state = await fileState(file);
    }
    if (state === known && !anyhow) return;
    known = state;
    await changed();
  };
  const next = (anyhow: boolean): Promise<void> => {
    running = running.then(() => look(anyhow));
    return running;
  };
  const watcher = watchFolder(file, () => void next(false));
  const timer = setInterval(() => void next(false), worldLimits.lookMs);
  timer.unref();
  return {
    look: () => next(true),
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      watcher?.close();
      await running;
    },
  };
}

/** Undefined: the system does not tell; then the file is only looked at. */
function watchFolder(file: string, changed: () => void): FSWatcher | undefined {
  try {
    const name = basename(file);
    const watcher = watch(dirname(file), { persistent: false }, (_event, about) => {
      if (about === null || about === name) changed();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** A text that changes with the file. Undefined: it is not there. */
export async function fileState(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return undefined;
  }
}
