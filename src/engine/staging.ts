import { assert } from "../core/assert.ts";
import type { ChecksumAlgorithm } from "../core/checksum.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { createChecksum } from "../protocol/checksums/checksum.ts";
import { ObjectKeys } from "./at-rest.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { StagedBlob, StageOptions } from "./engine.ts";
import { type Md5, newMd5 } from "./md5/md5.ts";
import type { SpaceGuard } from "./space-guard.ts";
import { type HeldWrites, type StagedBytes, StagingSink } from "./staging-sink.ts";

export interface Digests {
  readonly md5: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** MD5 and further checksums of one pass over some bytes. */
export class DigestRun {
  readonly #md5: Md5;
  readonly #checksums: readonly (readonly [ChecksumAlgorithm, ReturnType<typeof createChecksum>])[];

  constructor(algorithms: Iterable<ChecksumAlgorithm>, expectedBytes: number | undefined) {
    this.#md5 = newMd5(expectedBytes);
    this.#checksums = [...new Set(algorithms)].map(
      (algorithm) => [algorithm, createChecksum(algorithm)] as const,
    );
  }

  /** As `Md5.update`. */
  update(bytes: Uint8Array): Promise<void> | undefined {
    const hashed = this.#md5.update(bytes);
    for (const [, checksum] of this.#checksums) checksum.update(bytes);
    return hashed;
  }

  end(): Digests {
    const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
    for (const [algorithm, checksum] of this.#checksums) {
      checksums[algorithm] = Buffer.from(checksum.digest()).toString("base64");
    }
    return { md5: this.#md5.digest(), checksums };
  }

  close(): void {
    this.#md5.close();
  }
}

/** Bytes that are safe on the disk, or small, and belong to nothing yet. */
export class StagedContent implements StagedBlob {
  readonly sizeBytes: number;
  readonly md5: string;
  readonly checksums: Digests["checksums"];
  readonly bytes: StagedBytes;
  /** What they are encrypted with. */
  readonly keys: ObjectKeys;
  readonly #staging: Staging;
  #state: "free" | "publishing" | "gone" = "free";

  constructor(
    staging: Staging,
    content: {
      readonly sizeBytes: number;
      readonly digests: Digests;
      readonly bytes: StagedBytes;
      readonly keys: ObjectKeys;
    },
  ) {
    const { sizeBytes, digests, bytes, keys } = content;
    this.#staging = staging;
    this.keys = keys;
    this.sizeBytes = sizeBytes;
    this.md5 = digests.md5;
    this.checksums = digests.checksums;
    this.bytes = bytes;
  }

  /** Runs a write that takes the bytes over; when it fails they are free again. */
  async publish<T>(write: () => Promise<T>): Promise<T> {
    assert(this.#state === "free", "Staged bytes can be published once.");
    this.#state = "publishing";
    try {
      const result = await write();
      this.#state = "gone";
      this.#staging.settled(this);
      return result;
    } catch (error) {
      this.#state = "free";
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (this.#state !== "free") return;
    this.#state = "gone";
    await this.#staging.discard(this);
  }
}

export function asStagedContent(staged: StagedBlob): StagedContent {
  assert(staged instanceof StagedContent, "The bytes were not staged by this engine.");
  return staged;
}

/** Takes bytes in: small ones to memory, larger ones to a file, hashing and encrypting on the way. */
export class Staging {
  readonly #files: BlobFiles;
  readonly #space: SpaceGuard;
  readonly #mayDelete: () => boolean;
  readonly #masterKey: Buffer;
  readonly #open = new Set<StagedContent>();
  readonly #held: HeldWrites = { bytes: 0 };
  #receiving = 0;
  #closed = false;

  constructor(parts: {
    readonly files: BlobFiles;
    readonly space: SpaceGuard;
    readonly masterKey: Buffer;
    /** False once a commit's outcome is unknown: then no file may go. */
    readonly mayDelete: () => boolean;
  }) {
    this.#files = parts.files;
    this.#space = parts.space;
    this.#masterKey = parts.masterKey;
    this.#mayDelete = parts.mayDelete;
  }

  /** Contents that are neither published nor discarded. */
  get openCount(): number {
    return this.#open.size + this.#receiving;
  }

  /**
   * Ends what is being received, at its next bytes: once the store is closed, another may have its
   * directory and would never learn of a file that is finished later.
   */
  close(): void {
    this.#closed = true;
  }

  async stage(
    source: AsyncIterable<Uint8Array>,
    options: StageOptions = {},
  ): Promise<StagedContent> {
    const room = await this.#space.reserve(options.expectedBytes ?? 0);
    const digests = new DigestRun(options.checksums ?? [], options.expectedBytes);
    const keys = new ObjectKeys(this.#masterKey, options.dataKey);
    const sink = new StagingSink(this.#files, room, keys, this.#held);
    this.#receiving += 1;
    try {
      for await (const chunk of source) {
        const written = sink.write(chunk);
        const hashed = digests.update(chunk);
        await (hashed === undefined ? written : Promise.all([written, hashed]));
        this.#assertOpen();
      }
      const bytes = await sink.finish();
      this.#assertOpen();
      const { sizeBytes } = sink;
      const staged = new StagedContent(this, { sizeBytes, digests: digests.end(), bytes, keys });
      if (bytes.kind === "file") this.#open.add(staged);
      return staged;
    } catch (error) {
      await sink.abandon();
      throw error;
    } finally {
      digests.close();
      room.release();
      this.#receiving -= 1;
    }
  }

  settled(staged: StagedContent): void {
    this.#open.delete(staged);
  }

  async discard(staged: StagedContent): Promise<void> {
    if (staged.bytes.kind !== "file" || !this.#mayDelete()) return;
    await this.#files.remove(staged.bytes.id);
    this.#open.delete(staged);
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new S3Error("ServiceUnavailable", {
      message: "The storage server was stopped while the bytes were coming in. Nothing was stored.",
    });
  }
}
