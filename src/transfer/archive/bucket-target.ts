import { s3Limits } from "../../core/limits.ts";
import { modifiedMetadata } from "../modified-time.ts";
import type { TransferContext } from "../transfer-context.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { uploadStream } from "../upload/upload-stream.ts";
import type { UnpackedMember, UnpackTarget } from "./unpack-target.ts";
import type { UnpackedObjectOptions } from "./unpacked-object-options.ts";

/** Objects below a prefix, which stands as it is; folders are none. */
export class BucketTarget implements UnpackTarget {
  readonly #context: TransferContext;
  readonly #prefix: string;
  readonly #options: UnpackedObjectOptions;

  constructor(context: TransferContext, prefix: string, options: UnpackedObjectOptions) {
    this.#context = context;
    this.#prefix = prefix;
    this.#options = options;
  }

  fold(name: string): string {
    return name;
  }

  fault(name: string): string | undefined {
    const key = this.#prefix + name;
    if (!key.isWellFormed()) return "is no valid Unicode";
    const sizeBytes = Buffer.byteLength(key);
    return sizeBytes > s3Limits.keyBytes
      ? `makes a key of ${sizeBytes} bytes; S3 allows ${s3Limits.keyBytes}`
      : undefined;
  }

  async write(
    { name, sizeBytes, modifiedSeconds }: UnpackedMember,
    contents: Uint8Array | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const { keepModifiedTime = false, ...common } = this.#options;
    const takesMetadata = this.#context.store.capabilities.userMetadata === "yes";
    const modifiedNs = BigInt(Math.floor(modifiedSeconds)) * 1_000_000_000n;
    const options = {
      ...common,
      signal,
      ...(keepModifiedTime && takesMetadata && { metadata: modifiedMetadata(modifiedNs) }),
    };
    const key = this.#prefix + name;
    if (contents instanceof Uint8Array) await uploadBytes(this.#context, contents, key, options);
    else await uploadStream(this.#context, contents, key, { ...options, expectedBytes: sizeBytes });
  }

  makeFolder(): Promise<void> {
    return Promise.resolve();
  }
}
