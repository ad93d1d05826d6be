import type { DigestFactory } from "../core/checksum.ts";
import type { ReplaceStrategy, ServerSideEncryption } from "./transfer-options.ts";

/** What its user may choose of a bucket that is opened for transfers. */
export interface TransferWishes {
  /** Of every upload. Default `AES256` where the store takes the header, else `bucket-default`. */
  readonly sse?: ServerSideEncryption;
  /** In listings. Default `omit` on stores that list empty directories (Qumulo), else `include`. */
  readonly directories?: "omit" | "include";
  /** Default `staged`; used only when a store refuses to overwrite. */
  readonly replace?: ReplaceStrategy;
  /** Parent of downloads without a target. Default: the system's. */
  readonly temporaryDirectory?: string;
  /** Default: CRC32, SHA1 and SHA256; other checksums then go unchecked. */
  readonly createDigest?: DigestFactory;
  /** Default: random UUIDs. */
  readonly randomName?: () => string;
}
