import type { ObjectStore } from "../core/object-store.ts";
import type {
  RecoveredReplacement,
  RecoverOptions,
} from "../transfer/replace/recover-replacements.ts";

/**
 * Finishes or takes back replacements in steps that were cut short, by a crash or a lost network. A
 * key that holds nothing gets its newest staged bytes; bytes are only removed once the key is seen to
 * hold an object. It can be cut short itself, and run again. Throws StorageError.
 *
 * @example
 * const left = await recoverReplacements(store, { olderThanMs: 3_600_000, dryRun: true });
 */
export async function recoverReplacements(
  store: ObjectStore,
  options: RecoverOptions = {},
): Promise<RecoveredReplacement[]> {
  const { recoverReplacements: recover } =
    await import("../transfer/replace/recover-replacements.ts");
  return recover(store, options);
}
