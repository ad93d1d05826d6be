import { StorageError } from "../../core/errors.ts";
import { parsePersonality } from "../personalities/parse-personality.ts";
import type { Personality } from "../personalities/personality.ts";
import type { World } from "./world.ts";

/** What whoever starts a server says beside its world. */
export interface PlayedByFlags {
  readonly personality?: string | undefined;
  readonly overwriteRefusal?: string | undefined;
  readonly faultsFile?: string | undefined;
}

/** Throws StorageError ConfigurationError where the world says what flags say too. */
export function assertSaidOnce({ personality, faults }: World, flags: PlayedByFlags): void {
  const personalityFlags = [
    ...(flags.personality === undefined ? [] : ["--personality"]),
    ...(flags.overwriteRefusal === undefined ? [] : ["--overwrite-refusal"]),
  ];
  const faultFlags = flags.faultsFile === undefined ? [] : ["--faults"];
  if (personality !== undefined) assertNone(personalityFlags, "personality");
  if (faults !== undefined) assertNone(faultFlags, "faults");
}

function assertNone([flag]: readonly string[], what: string): void {
  if (flag === undefined) return;
  throw new StorageError("ConfigurationError", `The world and ${flag} both say ${what}.`, {
    remedy: `Leave out ${flag}, or take ${what} out of the world.`,
  });
}

/** Which store a server plays: as the world says, or else as flags do. Throws StorageError ConfigurationError. */
export function personalityOf(
  world: World | undefined,
  flags: PlayedByFlags,
): Personality | undefined {
  const { store = flags.personality ?? "aws", overwriteRefusal = flags.overwriteRefusal } =
    world?.personality ?? {};
  return parsePersonality(store, overwriteRefusal);
}

/** Throws StorageError ConfigurationError for a world that a running server cannot take over. */
export function assertSamePersonality(started: World | undefined, changed: World): void {
  const [before, now] = [started, changed].map((world) => told(world?.personality));
  if (before === now) return;
  throw new StorageError(
    "ConfigurationError",
    `The world says the personality ${now}, and the server was started with ${before}. A running server ` +
      "goes on as the store that it plays; restart it for the change.",
  );
}

function told({ store, overwriteRefusal }: World["personality"] = { store: "aws" }): string {
  return overwriteRefusal === undefined ? store : `${store} (${overwriteRefusal})`;
}
