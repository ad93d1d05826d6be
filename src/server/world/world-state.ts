import type { World } from "./world.ts";

/** The world that requests are in. */
export class WorldState {
  /** Undefined: the server was started without one. */
  current: World | undefined;
}
