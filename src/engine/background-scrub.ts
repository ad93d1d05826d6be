import { setTimeout as sleep } from "node:timers/promises";
import { serverLimits } from "../core/limits.ts";
import type { Engine } from "./engine.ts";
import type { ScrubDamage } from "./scrub.ts";

export interface BackgroundScrubOptions {
  /** Default `serverLimits.scrubBytesPerSecond`. */
  readonly bytesPerSecond?: number;
  readonly onDamage: (damage: ScrubDamage) => void;
  /** A scrub could not go on; the next one will be tried. */
  readonly onFailure: (error: unknown) => void;
}

export interface BackgroundScrub {
  stop(): Promise<void>;
}

/** Scrubs again and again, slowly, with a rest in between. */
export function startBackgroundScrub(
  engine: Engine,
  options: BackgroundScrubOptions,
): BackgroundScrub {
  const end = new AbortController();
  const { signal } = end;
  const bytesPerSecond = options.bytesPerSecond ?? serverLimits.scrubBytesPerSecond;
  const work = async (): Promise<void> => {
    for (let restMs: number = serverLimits.scrubDelayMs; ; restMs = serverLimits.scrubRestMs) {
      await sleep(restMs, undefined, { ref: false, signal });
      try {
        const { onDamage } = options;
        await engine.scrub({ bytesPerSecond, signal, onDamage });
      } catch (error) {
        options.onFailure(error);
      }
    }
  };
  // Ends by the signal alone.
  const running = work().catch(() => undefined);
  return {
    stop: async () => {
      end.abort();
      await running;
    },
  };
}
