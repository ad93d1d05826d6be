import type { FileHandle } from "node:fs/promises";
import type { RunningDigest } from "../../core/checksum.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { TransferContext } from "../transfer-context.ts";
import { WholeCheck } from "./whole-check.ts";

/** A block that is in the file, with what `newDigest` made of it. */
interface CheckedRange {
  readonly digest: Uint8Array | undefined;
  readonly lengthBytes: number;
}

/** Compares an object that comes in blocks, in any order, with the checksum that the store keeps of it. */
export class RangeChecks {
  readonly #context: TransferContext;
  readonly #head: ObjectHead;
  readonly #ranges: CheckedRange[] = [];
  readonly #way: "by-ranges" | "at-the-end" | "size-only";

  constructor(context: TransferContext, head: ObjectHead, count: number) {
    this.#context = context;
    this.#head = head;
    const { createDigest } = context;
    const { checksum } = head;
    if (checksum?.type !== "FULL_OBJECT" || createDigest(checksum.algorithm) === undefined) {
      this.#way = "size-only";
    } else {
      const canCombine = createDigest.combine?.(checksum.algorithm, []) !== undefined;
      this.#way = count === 1 || canCombine ? "by-ranges" : "at-the-end";
    }
  }

  /** The digest to be taken of a block; undefined: none. */
  newDigest(): RunningDigest | undefined {
    const { checksum } = this.#head;
    if (this.#way !== "by-ranges" || checksum === undefined) return undefined;
    return this.#context.createDigest(checksum.algorithm);
  }

  /** `index`: its place among the blocks. */
  add(index: number, range: CheckedRange): void {
    this.#ranges[index] = range;
  }

  /** Throws IntegrityError. A file whose digests cannot be combined is read again. */
  async finish(operation: string, handle: FileHandle): Promise<void> {
    const check = new WholeCheck(this.#context, this.#head);
    const sizeBytes = this.#ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    if (this.#way !== "at-the-end") {
      check.finishWith(operation, sizeBytes, this.#combined());
      return;
    }
    await readInto(check, handle);
    check.finish(operation);
  }

  #combined(): Uint8Array | undefined {
    const { checksum } = this.#head;
    const ranges = this.#ranges.flatMap(({ digest, lengthBytes }) =>
      digest === undefined ? [] : [{ digest, lengthBytes }],
    );
    const [first] = ranges;
    if (checksum === undefined || ranges.length <= 1) return first?.digest;
    return this.#context.createDigest.combine?.(checksum.algorithm, ranges);
  }
}

async function readInto(check: WholeCheck, handle: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(transferLimits.fileChunkBytes);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    check.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
