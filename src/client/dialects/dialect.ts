import type { Capabilities, Support } from "../../core/capabilities.ts";
import type { DialectName } from "../../core/dialect-name.ts";
import type { ChecksumAlgorithm } from "../../core/checksum.ts";

export type Addressing = "path" | "virtual-hosted";

/**
 * When the payload's SHA-256 goes into the signature. `auto`: on plain HTTP for bodies in memory;
 * over TLS the transport guards the bytes already. `always` reads a source twice.
 */
export type PayloadSigning = "auto" | "always" | "never";

/** One peculiarity of a store, with what makes us believe it. */
export interface Quirk<T> {
  readonly value: T;
  readonly evidence: string;
}

/** How one kind of store speaks S3. Plain data: a new store is a new file here. */
export interface Dialect {
  readonly name: DialectName;
  /** As its users call it. */
  readonly title: string;
  /** Where it stands, in words. */
  readonly endpoint: Quirk<string>;
  /** What signs requests, in words. */
  readonly keys: Quirk<string>;
  /** How connections are protected, in words. */
  readonly transport: Quirk<string>;
  readonly addressing: Quirk<Addressing>;
  /** Checksum header of uploads whose caller leaves it to us. */
  readonly uploadChecksum: Quirk<ChecksumAlgorithm | "none">;
  /** Whether GET and HEAD ask for stored checksums (`x-amz-checksum-mode`). */
  readonly readChecksums: Quirk<boolean>;
  readonly payloadSigning: Quirk<PayloadSigning>;
  /** How an ETag is written in `If-Match` of a write; S3 takes both forms. */
  readonly writeConditionEtag: Quirk<"quoted" | "bare">;
  /** Sent with DeleteObjects, whose body S3 wants protected. */
  readonly batchDeleteDigest: Quirk<"content-md5" | "content-md5-and-checksum">;
  /** Region in the signature, whatever the settings say; undefined: that of the settings. */
  readonly signingRegion: Quirk<string | undefined>;
  /** Whether an answer that names another region is followed there. */
  readonly followsRegion: Quirk<boolean>;
  readonly overwrite: Quirk<Support>;
  readonly checksumHeaders: Quirk<Support>;
  readonly batchDelete: Quirk<Support>;
  readonly conditionalWrites: Quirk<Support>;
  readonly conditionalDeletes: Quirk<Support>;
  readonly versioning: Quirk<Support>;
  readonly objectAttributes: Quirk<Support>;
  readonly userMetadata: Quirk<Support>;
  readonly objectTags: Quirk<Support>;
  readonly serverSideEncryptionHeader: Quirk<Support>;
  readonly formUploads: Quirk<Support>;
  readonly sessionTokens: Quirk<Support>;
  readonly copyPart: Quirk<Support>;
  readonly orderedListing: Quirk<Support>;
  readonly etagIsMd5: Quirk<Support>;
  readonly equalParts: Quirk<Support>;
  readonly partSizeMultipleBytes: Quirk<number>;
}

/** What a store of this dialect can do, for callers. */
export function capabilitiesOf(dialect: Dialect, addressing: Addressing): Capabilities {
  return {
    overwrite: dialect.overwrite.value,
    checksumHeaders: dialect.checksumHeaders.value,
    batchDelete: dialect.batchDelete.value,
    conditionalWrites: dialect.conditionalWrites.value,
    conditionalDeletes: dialect.conditionalDeletes.value,
    versioning: dialect.versioning.value,
    objectAttributes: dialect.objectAttributes.value,
    userMetadata: dialect.userMetadata.value,
    objectTags: dialect.objectTags.value,
    serverSideEncryptionHeader: dialect.serverSideEncryptionHeader.value,
    formUploads: dialect.formUploads.value,
    sessionTokens: dialect.sessionTokens.value,
    copyPart: dialect.copyPart.value,
    orderedListing: dialect.orderedListing.value,
    etagIsMd5: dialect.etagIsMd5.value,
    equalParts: dialect.equalParts.value,
    addressing,
    partSizeMultipleBytes: dialect.partSizeMultipleBytes.value,
  };
}
