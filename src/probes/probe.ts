import type { EdgeTools } from "../core/edge-tools.ts";
import { isStorageError } from "../core/errors.ts";
import type { CallOptions, ObjectStore, PutResult, UploadAddress } from "../core/object-store.ts";

/** One thing that is tried on the bucket, so that a permission is proved and not assumed. */
export interface Probe {
  readonly name: string;
  readonly title: string;
  /** IAM actions that a success proves. */
  readonly proves: readonly string[];
  /** Names of probes without which this one says nothing. */
  readonly needs: readonly string[];
  /** Runs whatever happened before, a stop included. Default false. */
  readonly always?: boolean;
  /** What may stand behind a refusal that does not say so itself; undefined: nothing is known. */
  explainRefusal?(bucket: ProbedBucket): string | undefined;
  /** Throws when it fails. */
  run(context: ProbeContext): Promise<ProbeOutcome>;
}

/** What is known of the bucket before anything is tried. */
interface ProbedBucket {
  /** The store is AWS S3 itself. */
  readonly onAws: boolean;
  /** Its public access block refuses public ACLs. */
  readonly blocksPublicAcls: boolean;
}

export interface ProbeOutcome {
  readonly detail: string;
  /** Default: all of the probe's. */
  readonly proves?: readonly string[];
  /** What could not be done, though the probe is content. */
  readonly missing?: readonly string[];
}

export interface ProbeContext {
  readonly store: ObjectStore;
  readonly bucket: ProbedBucket;
  readonly tools: EdgeTools;
  /** Where the probes write, with a random part, under the prefix of test files. */
  readonly prefix: string;
  /** Waits for objects to show up, as after versioning was enabled a moment ago. */
  readonly patient: boolean;
  /** For every request but those of the clean-up. */
  readonly call: CallOptions;
  /** What was made, or may have been, to be deleted whatever happens. */
  readonly made: MadeObject[];
  /** Uploads in parts that were begun and neither completed nor ended, to be ended whatever happens. */
  readonly unfinished: UploadAddress[];
  /** Where earlier runs have written; what they began before that time is ended. Undefined: it is not looked for. */
  readonly siblings?: { readonly prefix: string; readonly before: Date };
}

export interface MadeObject {
  readonly key: string;
  /** Undefined: the store told none. */
  readonly versionId: string | undefined;
}

/** Writes, and keeps in mind what has to be deleted, which a write whose answer was lost may have made, too. */
export async function noteMade(
  { made }: ProbeContext,
  key: string,
  write: Promise<PutResult>,
): Promise<void> {
  try {
    const { versionId } = await write;
    made.push({ key, versionId });
  } catch (error) {
    if (isStorageError(error) && error.outcome === "unknown")
      made.push({ key, versionId: undefined });
    throw error;
  }
}

/** A probe that the store cannot be asked; not a failure. */
export class ProbeNotSupported extends Error {
  override readonly name = "ProbeNotSupported";
}

/** A probe that was answered, but wrongly. */
export class ProbeFailed extends Error {
  override readonly name = "ProbeFailed";
  /** Permissions that this failure shows to be missing. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[] = []) {
    super(message);
    this.missing = missing;
  }
}
