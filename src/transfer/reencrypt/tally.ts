import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { type Candidate, isLarge } from "./candidate.ts";

interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

/** What a search has seen; plain data, so that a later run goes on counting. */
export interface Tally {
  readonly looked: Amount;
  /** To be copied. */
  readonly kms: Amount;
  /** Of those, by the ARN of their key; keys beyond `reencryptLimits.kmsKeys` as `others`. */
  readonly byKey: Readonly<Record<string, number>>;
  /** Of those, by storage class. */
  readonly byClass: Readonly<Record<string, Amount>>;
  /** Of those, above the size of one CopyObject. */
  readonly large: Amount;
  readonly archived: Amount;
  /** Under a customer's own key (SSE-C). */
  readonly ownKey: number;
  readonly plain: number;
  readonly untold: number;
  readonly denied: number;
  readonly gone: number;
  /** Requests that the search took. */
  readonly heads: number;
  readonly lists: number;
}

const none: Amount = { objects: 0, bytes: 0 };

export const emptyTally: Tally = {
  looked: none,
  kms: none,
  byKey: {},
  byClass: {},
  large: none,
  archived: none,
  ownKey: 0,
  plain: 0,
  untold: 0,
  denied: 0,
  gone: 0,
  heads: 0,
  lists: 0,
};

export function plus(amount: Amount = none, bytes: number): Amount {
  return { objects: amount.objects + 1, bytes: amount.bytes + bytes };
}

export function withCandidate(tally: Tally, candidate: Candidate): Tally {
  const { sizeBytes, storageClass = "unknown", kmsKeyId = "unknown" } = candidate;
  const isNamed = Object.hasOwn(tally.byKey, kmsKeyId);
  const isFull = Object.keys(tally.byKey).length >= reencryptLimits.kmsKeys;
  const key = isNamed || !isFull ? kmsKeyId : "others";
  return {
    ...tally,
    kms: plus(tally.kms, sizeBytes),
    byKey: { ...tally.byKey, [key]: (tally.byKey[key] ?? 0) + 1 },
    byClass: { ...tally.byClass, [storageClass]: plus(tally.byClass[storageClass], sizeBytes) },
    ...(isLarge(candidate) && { large: plus(tally.large, sizeBytes) }),
  };
}
