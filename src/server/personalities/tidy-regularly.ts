import { serverLimits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Personality } from "./personality.ts";

const dayMs = 86_400_000;

export interface Tidying {
  /** Does it now. */
  run(): Promise<void>;
  stop(): void;
}

/** What a played store does by itself, as often as lifecycle rules are carried out; `manual`: only when told. */
export function tidyRegularly(
  personality: Personality | undefined,
  engine: Engine,
  { now, manual, onFailure }: TidyingOptions,
): Tidying {
  const run = async (): Promise<void> => await personality?.tidy(engine, now());
  if (personality === undefined || manual) return { run, stop: () => undefined };
  const timer = setInterval(() => {
    run().catch(onFailure);
  }, dayMs / serverLimits.lifecycleSweepsPerDay);
  timer.unref();
  return { run, stop: () => clearInterval(timer) };
}

interface TidyingOptions {
  readonly now: () => Date;
  readonly manual: boolean;
  readonly onFailure: (error: unknown) => void;
}
