import { StorageError } from "../../core/errors.ts";
import { takeReading } from "../../core/reading.ts";
import type { SetupTarget } from "../aspect.ts";
import { equalData } from "../canonical-json.ts";
import type { Restoration } from "./restoration.ts";

/**
 * Puts a setting back as it was planned; `keep` is given the document that is replaced. Throws Conflict when
 * it is no longer as the plan saw it, and then nothing was changed.
 */
export async function restore(
  { admin }: SetupTarget,
  { bucket, setting, before, document }: Restoration,
  keep: (document: unknown) => Promise<void>,
): Promise<void> {
  const fresh = await takeReading(() => admin.read(bucket, setting));
  if (!equalData(before, fresh)) {
    throw new StorageError(
      "Conflict",
      `The ${setting} of ${bucket} changed since it was looked at.`,
      {
        operation: "drift",
        bucket,
        remedy: "Look again: sms-storage drift",
      },
    );
  }
  if (fresh.state === "set") await keep(fresh.value);
  // Each document came from a reading of the setting, or from its baseline.
  if (document !== null) await admin.put(bucket, setting, document as never);
  else if (setting === "logging") await admin.put(bucket, setting, {});
  else if (setting === "versioning") await admin.put(bucket, setting, "Suspended");
  else await admin.remove(bucket, setting);
}
