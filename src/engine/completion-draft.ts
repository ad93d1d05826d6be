import type { ObjectChecksum } from "../core/checksum.ts";
import type { CompleteUploadInput } from "./engine.ts";
import type { WriteContext } from "./group-commit.ts";
import {
  chooseParts,
  multipartChecksum,
  multipartEtag,
  type ChosenPart,
} from "./multipart-rules.ts";
import type { PartRow, UploadRow } from "./rows.ts";

/** Parts read between two turns of the event loop. */
const partsPerTurn = 500;

/** What a completion makes of an upload's parts. */
export interface CompletionDraft {
  readonly stored: ReadonlyMap<number, PartRow>;
  readonly chosen: readonly ChosenPart[];
  readonly checksum: ObjectChecksum | undefined;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Throws what S3 throws when the parts do not fit. */
export function draftCompletion(
  upload: UploadRow,
  stored: ReadonlyMap<number, PartRow>,
  requested: CompleteUploadInput["parts"],
): CompletionDraft {
  const chosen = chooseParts(requested, upload, stored);
  return {
    stored,
    chosen,
    checksum: multipartChecksum(upload, chosen),
    etag: multipartEtag(chosen),
    sizeBytes: chosen.reduce((sum, part) => sum + part.row.size, 0),
  };
}

/**
 * Which parts of which upload changed since a draft of its completion was made. Drafts are made outside
 * of the transaction and over several turns of the event loop: with 10,000 parts it would stand still
 * for a quarter of a second.
 */
export class PartChanges {
  readonly #last = new Map<number, number>();
  #count = 0;

  /** A part of that upload is being written. */
  note(context: WriteContext, uploadSequence: number): void {
    // Counted twice: now for a completion in this same transaction, and after the commit for a
    // draft that is made before it from the old rows.
    this.#bump(uploadSequence);
    context.afterCommit(() => this.#bump(uploadSequence));
  }

  forget(context: WriteContext, uploadSequence: number): void {
    context.afterCommit(() => this.#last.delete(uploadSequence));
  }

  /** Differs from an earlier answer when a part was written in between. */
  mark(uploadSequence: number): number {
    return this.#last.get(uploadSequence) ?? 0;
  }

  #bump(uploadSequence: number): void {
    this.#count += 1;
    this.#last.set(uploadSequence, this.#count);
  }
}

/** Reads an upload's parts in portions; each call of `read` gives those after a number. */
export async function readInTurns(
  read: (after: number) => Iterable<ChosenPart>,
): Promise<Map<number, PartRow>> {
  const stored = new Map<number, PartRow>();
  let after = 0;
  for (let count = partsPerTurn; count === partsPerTurn;) {
    count = 0;
    for (const part of read(after)) {
      stored.set(part.partNumber, part.row);
      after = part.partNumber;
      count += 1;
      if (count === partsPerTurn) break;
    }
    if (count === partsPerTurn) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
  return stored;
}
