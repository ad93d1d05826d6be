import { isStorageError, StorageError } from "../../core/errors.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { runLanes } from "../run-lanes.ts";
import type { Candidate } from "./candidate.ts";
import { type Reencrypted, type Reencryption, reencryptObject } from "./reencrypt-object.ts";
import type { ReencryptionLedger } from "./reencryption-ledger.ts";

/** What became of one of the objects that were found. */
export type ReencryptionEvent =
  | { readonly kind: "object"; readonly candidate: Candidate; readonly result: Reencrypted }
  | { readonly kind: "failed"; readonly candidate: Candidate; readonly error: StorageError };

/**
 * Copies what the ledger holds and is not done, many at a time. What fails is told and the rest goes
 * on; ends at once where nothing else could succeed: no valid credentials, no store, or a store that
 * leaves the first copy under KMS.
 */
export async function reencryptFound(
  reencryption: Reencryption,
  ledger: ReencryptionLedger,
  {
    signal,
    onEvent,
  }: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: ReencryptionEvent) => void | Promise<void>;
  },
): Promise<void> {
  const pending = ledger.pending();
  let proof: Promise<void> | undefined;
  await runLanes(reencryptLimits.copiesAtATime, signal, async (lane) => {
    for (let next = await pending.next(); next.done !== true; next = await pending.next()) {
      if (lane.aborted) return;
      const { index, candidate } = next.value;
      try {
        const result = await reencryptObject(reencryption, candidate.key, lane);
        if (result.kind === "copied") {
          proof ??= assertMoved(reencryption, candidate.key, lane);
          await proof;
        }
        ledger.done(index);
        await onEvent({ kind: "object", candidate, result });
      } catch (error) {
        if (!isStorageError(error) || endsAll(error)) throw error;
        await onEvent({ kind: "failed", candidate, error });
      }
    }
  });
}

function endsAll(error: StorageError): boolean {
  return isStorageError(
    error,
    "Aborted",
    "Closed",
    "Unauthenticated",
    "Unavailable",
    "Timeout",
    "NotSupported",
  );
}

/** Some stores take the header and go by their own mind. */
async function assertMoved(
  { context: { store } }: Reencryption,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const { encryption } = await store.headObject(key, { checksum: false, signal });
  if (encryption?.startsWith("aws:kms") !== true) return;
  throw new StorageError(
    "NotSupported",
    `${key} is under ${encryption} after it was copied, too.`,
    {
      operation: "re-encrypt",
      bucket: store.bucket,
      key,
      remedy: "The store does not heed x-amz-server-side-encryption: AES256. Ask its operator.",
    },
  );
}
