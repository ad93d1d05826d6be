import { isStorageError, type StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { explainedHead, isUnderOwnKey } from "../objects/explained-head.ts";
import { runLanes } from "../run-lanes.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import { encryptionKind } from "./encryption-kind.ts";
import { plus, type Tally, withCandidate } from "./tally.ts";

/** What is named one by one beside the candidates. */
export type Seen =
  | { readonly kind: "archived"; readonly key: string; readonly storageClass: string }
  | { readonly kind: "own-key"; readonly key: string }
  | { readonly kind: "denied"; readonly key: string; readonly error: StorageError };

/** An object to be looked at; what is there may be another by now. */
export interface NamedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly versionId?: string;
}

export interface LookedAt {
  readonly tally: Tally;
  readonly candidates: readonly Candidate[];
  readonly seen: readonly Seen[];
}

type Answer =
  | { readonly kind: "candidate"; readonly candidate: Candidate }
  | Seen
  | { readonly kind: "plain" | "untold" | "gone" };

/**
 * Asks for the encryption of each of some objects, many at a time, in their order. Without the stored
 * checksum, so that neither the right on the key is needed nor KMS called. Throws what is wrong with the
 * store or the credentials.
 */
export async function lookAtObjects(
  store: ObjectStore,
  objects: readonly NamedObject[],
  before: Tally,
  signal: AbortSignal,
): Promise<LookedAt> {
  const answers: Answer[] = [];
  let next = 0;
  const lanes = Math.min(objects.length, reencryptLimits.headsAtATime);
  await runLanes(lanes, signal, async (lane) => {
    for (let at = next++; at < objects.length && !lane.aborted; at = next++) {
      const object = objects[at];
      if (object !== undefined) answers[at] = await look(store, object, lane);
    }
  });
  let tally = { ...before, heads: before.heads + objects.length };
  for (const [at, answer] of answers.entries()) tally = count(tally, answer, objects[at]);
  return {
    tally,
    candidates: answers.flatMap((one) => (one.kind === "candidate" ? [one.candidate] : [])),
    seen: answers.flatMap((one) => (isNamed(one) ? [one] : [])),
  };
}

async function look(
  store: ObjectStore,
  { key, versionId }: NamedObject,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const version = versionId !== undefined && { versionId };
    const head = await explainedHead(store, key, { ...version, checksum: false, signal });
    const kind = encryptionKind(head);
    if (kind === "kms") return { kind: "candidate", candidate: candidateOf(head) };
    if (kind === "archived") return { kind, key, storageClass: head.storageClass ?? "" };
    return { kind };
  } catch (error) {
    if (isUnderOwnKey(error)) return { kind: "own-key", key };
    if (isStorageError(error, "NotFound")) return { kind: "gone" };
    if (isStorageError(error, "PermissionDenied")) return { kind: "denied", key, error };
    throw error;
  }
}

function isNamed(answer: Answer): answer is Seen {
  return answer.kind === "archived" || answer.kind === "own-key" || answer.kind === "denied";
}

function count(before: Tally, answer: Answer, object: NamedObject | undefined): Tally {
  const sizeBytes = object?.sizeBytes ?? 0;
  const tally = { ...before, looked: plus(before.looked, sizeBytes) };
  switch (answer.kind) {
    case "candidate":
      return withCandidate(tally, answer.candidate);
    case "archived":
      return { ...tally, archived: plus(tally.archived, sizeBytes) };
    case "own-key":
      return { ...tally, ownKey: tally.ownKey + 1 };
    case "plain":
    case "untold":
    case "gone":
    case "denied":
      return { ...tally, [answer.kind]: tally[answer.kind] + 1 };
  }
}
