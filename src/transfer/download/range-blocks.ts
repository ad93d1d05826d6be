import type { FileHandle } from "node:fs/promises";
import type { ChecksumAlgorithm, RunningDigest } from "../../core/checksum.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { DownloadLedger } from "../journal/download-ledger.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { RangeChecks } from "./range-checks.ts";

interface FileRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

interface BlocksRequest {
  readonly handle: FileHandle;
  readonly head: ObjectHead;
  readonly ledger?: Pick<DownloadLedger, "digestOf" | "wrote"> | undefined;
  readonly checks: RangeChecks;
  /** Begins with a block. */
  readonly range: FileRange;
  readonly blockBytes: number;
}

/**
 * The blocks of one range, whose bytes come one after the other: each has a digest of its own and is
 * remembered by itself, so that a later run fetches less than a range again.
 */
export class RangeBlocks {
  readonly #context: TransferContext;
  readonly #request: BlocksRequest;
  readonly #end: number;
  #offset: number;
  #left = 0;
  #digest: BlockDigest;
  isDone = false;

  constructor(context: TransferContext, request: BlocksRequest) {
    const { offset, lengthBytes } = request.range;
    this.#context = context;
    this.#request = request;
    this.#offset = offset;
    this.#end = offset + lengthBytes;
    this.#digest = this.#begin();
  }

  /** What is still to come. Asked for between two blocks. */
  get rest(): FileRange {
    return { offset: this.#offset, lengthBytes: this.#end - this.#offset };
  }

  /** Passes over what an earlier run wrote and is there as it was written. Answers its bytes. */
  async skipWritten(): Promise<number> {
    const first = this.#offset;
    while (!this.isDone && (await this.#isWritten())) this.#finish();
    return this.#offset - first;
  }

  update(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0 && !this.isDone;) {
      const piece = rest.subarray(0, this.#left);
      this.#digest.update(piece);
      this.#left -= piece.length;
      rest = rest.subarray(piece.length);
      if (this.#left === 0) this.#remember();
    }
  }

  /** All bytes came, if only none. */
  end(): void {
    if (!this.isDone) this.#remember();
  }

  #begin(): BlockDigest {
    this.#left = Math.min(this.#request.blockBytes, this.#end - this.#offset);
    return new BlockDigest(this.#context, this.#request);
  }

  #remember(): void {
    const { ledger } = this.#request;
    const { text: digest } = this.#digest;
    const offset = this.#offset;
    const lengthBytes = this.#finish();
    if (digest !== undefined) ledger?.wrote({ offset, lengthBytes, digest });
  }

  /** Goes on to the next block. Answers the bytes of this one. */
  #finish(): number {
    const { checks, blockBytes } = this.#request;
    const lengthBytes = Math.min(blockBytes, this.#end - this.#offset);
    checks.add(this.#offset / blockBytes, { digest: this.#digest.ofObject, lengthBytes });
    this.#offset += lengthBytes;
    this.isDone = this.#offset >= this.#end;
    if (!this.isDone) this.#digest = this.#begin();
    return lengthBytes;
  }

  async #isWritten(): Promise<boolean> {
    const { handle, ledger } = this.#request;
    const [offset, lengthBytes] = [this.#offset, this.#left];
    const expected = ledger?.digestOf(offset, lengthBytes);
    if (expected === undefined) return false;
    const digest = this.#digest;
    const buffer = Buffer.allocUnsafe(Math.min(lengthBytes, transferLimits.fileChunkBytes));
    let done = 0;
    while (done < lengthBytes) {
      const wanted = Math.min(buffer.length, lengthBytes - done);
      const { bytesRead } = await handle.read(buffer, 0, wanted, offset + done);
      if (bytesRead === 0) break;
      digest.update(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
    if (done === lengthBytes && digest.text === expected) return true;
    this.#digest = this.#begin();
    return false;
  }
}

/**
 * What is reckoned of a block while its bytes pass: the digest that the object's is made of, which the
 * ledger remembers as well; for the ledger alone a CRC32.
 */
class BlockDigest {
  readonly #isOfObject: boolean;
  readonly #algorithm: ChecksumAlgorithm;
  readonly #running: RunningDigest | undefined;
  #digest: Uint8Array | undefined;

  constructor({ createDigest }: TransferContext, { checks, head, ledger }: BlocksRequest) {
    const ofObject = checks.newDigest();
    this.#isOfObject = ofObject !== undefined;
    this.#algorithm = (ofObject && head.checksum?.algorithm) ?? "CRC32";
    this.#running = ofObject ?? (ledger && createDigest("CRC32"));
  }

  update(bytes: Uint8Array): void {
    this.#running?.update(bytes);
  }

  get ofObject(): Uint8Array | undefined {
    return this.#isOfObject ? this.#ended : undefined;
  }

  /** With the algorithm's name, as the ledger keeps it. */
  get text(): string | undefined {
    const digest = this.#ended;
    return digest && `${this.#algorithm} ${Buffer.from(digest).toString("base64")}`;
  }

  get #ended(): Uint8Array | undefined {
    return (this.#digest ??= this.#running?.digest());
  }
}
