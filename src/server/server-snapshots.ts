import type { StoreSnapshot } from "../engine/store-snapshots.ts";
import type { ServerContext } from "./server-context.ts";
import type { World } from "./world/world.ts";

/** All that a server holds at a moment. */
export interface ServerSnapshot {
  readonly store: StoreSnapshot;
  readonly world: World | undefined;
}

export interface ServerSnapshots {
  snapshot(): ServerSnapshot;
  restore(snapshot: ServerSnapshot): Promise<void>;
}

/** How a running server is brought back to a moment. */
export function snapshotsOf({ engine, identities, world: taken }: ServerContext): ServerSnapshots {
  return {
    snapshot: () => ({ store: engine.snapshots.take(), world: taken.current }),
    restore: async ({ store, world }) => {
      await engine.snapshots.restore(store);
      // What is kept of identities in memory goes with any change.
      await identities.update(() => undefined);
      taken.current = world;
    },
  };
}
