import { endsAll } from "../../core/ends-all.ts";
import { isStorageError, type StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ListedVersion } from "../../core/object-store.ts";
import { runLanes } from "../run-lanes.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { RestoreStep } from "./plan-restore.ts";
import { restoreVersion, type RestoredVersion } from "./restore-version.ts";

/** Who hears what became of each key. */
export interface RestoreListener {
  /** There is nothing to do. */
  tell(step: Exclude<RestoreStep, { kind: "restore" }>): void | Promise<void>;
  /** Undefined: in a dry run. */
  done(version: ListedVersion, restored: RestoredVersion | undefined): void | Promise<void>;
  failed(version: ListedVersion, error: StorageError): void | Promise<void>;
}

/** Carries the steps out, several at a time; one that fails does not stop the others. */
export async function runRestore(
  context: TransferContext,
  steps: AsyncGenerator<RestoreStep, void>,
  listener: RestoreListener,
  { signal, dryRun }: { readonly signal: AbortSignal; readonly dryRun: boolean },
): Promise<void> {
  const lanes = dryRun ? 1 : transferLimits.jobsInFlight;
  await runLanes(lanes, signal, async (lane) => {
    for (let next = await steps.next(); next.done !== true; next = await steps.next()) {
      const step = next.value;
      if (step.kind !== "restore") {
        await listener.tell(step);
        continue;
      }
      const { version, current } = step;
      try {
        const done = dryRun
          ? undefined
          : await restoreVersion(context, version, current, { signal: lane });
        await listener.done(version, done);
      } catch (error) {
        if (!isStorageError(error) || endsAll(error)) throw error;
        await listener.failed(version, error);
      }
    }
  });
}
