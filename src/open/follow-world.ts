import type { ServerEvent } from "../server/server-context.ts";
import type { RunningServer } from "../server/start-server.ts";
import type { World } from "../server/world/world.ts";
import { fileState, watchFile, type WatchedFile } from "./watch-file.ts";

export interface WorldToFollow {
  readonly world: World;
  /** Has the server take over each change of the file that fits; `logger` hears of all. */
  follow(
    server: Pick<RunningServer, "takeWorld">,
    logger: ((event: ServerEvent) => void) | undefined,
  ): WatchedFile;
}

/** Undefined: there is no file. Throws StorageError ConfigurationError with the faults of one. */
export async function loadWorld({
  worldFile: file,
  region,
}: {
  readonly worldFile?: string | undefined;
  readonly region: string;
}): Promise<WorldToFollow | undefined> {
  if (file === undefined) return undefined;
  const { readWorldFile } = await import("../server/world/read-world-file.ts");
  const state = await fileState(file);
  return {
    world: await readWorldFile(file, region),
    follow: (server, logger) =>
      watchFile(file, state, async () => {
        let error: unknown;
        try {
          await server.takeWorld(await readWorldFile(file, region));
        } catch (cause) {
          error = cause;
        }
        logger?.({ kind: "world", file, error });
      }),
  };
}
