import { resolve } from "node:path";
import { safeListener } from "../core/safe-listener.ts";
import type { ServerEvent } from "../server/server-event.ts";
import type { RunningServer } from "../server/start-server.ts";
import type { World } from "../server/world/world.ts";
import type { PlayedByFlags } from "../server/world/world-play.ts";
import { fileState, watchFile, type WatchedFile } from "./watch-file.ts";

export interface WorldToFollow {
  /** Absolute. */
  readonly file: string;
  readonly world: World;
  /** Has the server take over each change of the file that fits; `logger` hears of all. */
  follow(
    server: Pick<RunningServer, "takeWorld">,
    logger: ((event: ServerEvent) => void) | undefined,
  ): WatchedFile;
}

interface WorldSource extends PlayedByFlags {
  readonly worldFile?: string | undefined;
  readonly region: string;
}

/**
 * Undefined: there is no file. Throws StorageError ConfigurationError with the faults of one, and for what
 * flags say as well.
 */
export async function loadWorld(source: WorldSource): Promise<WorldToFollow | undefined> {
  const { worldFile: file, region } = source;
  if (file === undefined) return undefined;
  const { readWorldFile } = await import("../server/world/read-world-file.ts");
  const { assertSamePersonality, assertSaidOnce } = await import("../server/world/world-play.ts");
  const read = async (): Promise<World> => {
    const found = await readWorldFile(file, region);
    assertSaidOnce(found, source);
    return found;
  };
  const state = await fileState(file);
  const world = await read();
  return {
    file: resolve(file),
    world,
    follow: (server, logger) => {
      const tell = logger && safeListener("The server's logger", logger);
      return watchFile(file, state, async () => {
        let error: unknown;
        try {
          const changed = await read();
          assertSamePersonality(world, changed);
          await server.takeWorld(changed);
        } catch (cause) {
          error = cause;
        }
        tell?.({ kind: "world", file, error });
      });
    },
  };
}
