import { isStorageError, type StorageError } from "../../core/errors.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import type { ProbedFact, ProbedName } from "../../core/store-profile.ts";

/** What probes of capabilities work with. Their stores refuse nothing by themselves. */
export interface CapabilityContext {
  /** Sends ETags in their quotes, and no checksum that it was not told. */
  readonly store: ObjectStore;
  /** Sends ETags bare, and a checksum beside Content-MD5. */
  readonly variant: ObjectStore;
  /** Below which everything is written, with its `/`. */
  readonly prefix: string;
  readonly call: CallOptions;
  /** Asks for a link as anybody would, and answers the status. */
  request(method: "GET" | "PUT", url: string, body?: Uint8Array): Promise<number>;
}

/** One trial, which tells one fact or a few. */
export interface CapabilityProbe {
  readonly names: readonly ProbedName[];
  /** Throws where nothing can be told; then each of its facts is unknown. */
  run(context: CapabilityContext): Promise<readonly ProbedFact[]>;
}

/** A call that may be refused, as a value. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: StorageError };

/** Throws what says nothing of the store's ways: a stop, wrong keys, a network that fails. */
export async function attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    if (!isStorageError(error) || tellsNothing(error)) throw error;
    return { ok: false, error };
  }
}

function tellsNothing({ code, status }: StorageError): boolean {
  const aside = [
    "Aborted",
    "Closed",
    "ConfigurationError",
    "Unauthenticated",
    "Throttled",
    "Timeout",
  ];
  return aside.includes(code) || (code === "Unavailable" && status !== 501);
}

/** How a refusal is told: `NotImplemented (501)`. */
export function refusalOf({ code, s3Code, status }: StorageError): string {
  return `${s3Code ?? code}${status === undefined ? "" : ` (${status})`}`;
}

/**
 * The fact that a refusal shows. A bare "denied" may be of the keys and not of the store, so that it
 * shows nothing.
 */
export function refused(name: ProbedName, error: StorageError): ProbedFact {
  const isDenied = error.code === "PermissionDenied";
  return { name, finding: isDenied ? "unknown" : "no", detail: `refused: ${refusalOf(error)}` };
}

/** A finding of yes or no. */
export function fact(name: ProbedName, isSo: boolean, detail: string): ProbedFact {
  return { name, finding: isSo ? "yes" : "no", detail };
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
