import { StorageError } from "../core/errors.ts";
import { transferLimits } from "../core/limits.ts";
import { formatS3Uri } from "../core/object-key.ts";
import type { ListedVersion } from "../core/object-store.ts";
import { inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import {
  planRestore,
  planVersion,
  type RestoreStep,
  whyGone,
} from "../transfer/versions/plan-restore.ts";
import { restoreVersion, type RestoredVersion } from "../transfer/versions/restore-version.ts";
import { runRestore } from "../transfer/versions/run-restore.ts";
import { versionAsOf } from "../transfer/versions/as-of.ts";
import { toPrefix } from "./listing.ts";
import type { FileFailure } from "./prefix-types.ts";
import type {
  RestoreOptions,
  RestorePrefixOptions,
  RestorePrefixResult,
  RestoreResult,
} from "./version-types.ts";

/** One file. Throws NotFound where there is no such version. */
export async function restoreFile(
  context: TransferContext,
  key: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  if (options.versionId !== undefined && options.asOf !== undefined) {
    const message = "restore: versionId and asOf name a version each; give one of them.";
    throw new StorageError("InvalidArgument", message, { operation: "restore", key });
  }
  return inScope("restore", options, async ({ signal }) => {
    const step = await stepFor(context, key, options, signal);
    if (step.kind === "unchanged") {
      return { Key: key, restored: false, fromVersionId: step.versionId ?? "null" };
    }
    const { version, current } = step;
    const done = await restoreVersion(context, version, current, {
      signal,
      onProgress: options.onProgress,
    });
    const fromVersionId = version.versionId;
    if (done.kind === "unchanged") return { Key: key, restored: false, fromVersionId };
    const { versionId } = done.put;
    return {
      Key: key,
      restored: true,
      fromVersionId,
      ...(versionId !== undefined && { VersionId: versionId }),
    };
  });
}

/** What can be done about one file. */
type DoableStep = Extract<RestoreStep, { kind: "restore" | "unchanged" }>;

async function stepFor(
  { store }: TransferContext,
  key: string,
  { versionId, asOf }: RestoreOptions,
  signal: AbortSignal,
): Promise<DoableStep> {
  if (versionId !== undefined) return planVersion(store, key, versionId, { signal });
  const wish = { isKey: true, ...(asOf !== undefined && { moment: asOf }) };
  let isOfSuspended = false;
  for await (const step of planRestore(store, key, wish, { signal })) {
    if (step.kind === "gone") ({ isOfSuspended } = step);
    if (step.kind === "restore") return step;
    // Deleted at that time, or never seen: `versionAsOf` says which.
    if (step.kind === "unchanged" && step.versionId !== undefined) return step;
  }
  if (asOf !== undefined) await versionAsOf(store, key, asOf, { signal });
  const { bucket } = store;
  const message = `restore: no version of ${formatS3Uri({ bucket, key })} is kept.`;
  const remedy = whyGone(bucket, isOfSuspended);
  throw new StorageError("NotFound", message, { operation: "restore", bucket, key, remedy });
}

/** Everything below a directory; what fails is told, and does not stop the rest. */
export async function restorePrefix(
  context: TransferContext,
  path: string,
  options: RestorePrefixOptions = {},
): Promise<RestorePrefixResult> {
  const { asOf, dryRun = false, onProgress } = options;
  const prefix = toPrefix(context, path, options);
  return inScope("restorePrefix", options, async ({ signal }) => {
    const sum = { restored: 0, unchanged: 0, newer: 0, gone: 0, failed: 0 };
    const errors: FileFailure[] = [];
    const wish = { isKey: false, ...(asOf !== undefined && { moment: asOf }) };
    const steps = planRestore(context.store, prefix, wish, { signal });
    let done = 0;
    const count = (kind: keyof typeof sum): void => {
      sum[kind] += 1;
      done += 1;
      onProgress?.({ done });
    };
    const listener = {
      tell: ({ kind }: { kind: "unchanged" | "newer" | "gone" }): void => count(kind),
      done: (_version: unknown, restored?: RestoredVersion): void =>
        count(restored?.kind === "unchanged" ? "unchanged" : "restored"),
      failed: ({ key, versionId }: ListedVersion, error: StorageError): void => {
        count("failed");
        if (errors.length >= transferLimits.heldReports) return;
        const code = error.s3Code ?? error.code;
        errors.push({ Key: key, VersionId: versionId, code, message: error.message });
      },
    };
    await runRestore(context, steps, listener, { signal, dryRun });
    return { ...sum, errors };
  });
}
