import type { PublicAccessBlockConfiguration, Tag } from "../core/bucket-settings.ts";
import type { BucketRecord, Engine } from "../engine/engine.ts";
import type { S3OperationName } from "../protocol/operations.ts";
import type { ObjectBody } from "../protocol/payload/object-body.ts";
import type { S3Error } from "../protocol/s3-error.ts";
import type { QueryParameters } from "../protocol/query.ts";
import type { ContextLookup } from "../policy/request.ts";
import type { Caller } from "./caller.ts";
import type { KnownPrincipals } from "./identities/identities.ts";
import type { KeyStore } from "./kms/key-store.ts";
import type { OperationTraits } from "./operation-traits.ts";

/**
 * One S3 operation: parse the request, call the engine, answer. Authentication, authorization, the
 * expected-owner check and the rendering of errors lie around it, in `handle-request.ts`.
 */
export interface Operation extends OperationTraits {
  readonly name: S3OperationName;
  handle(request: OperationRequest): Promise<S3Response>;
}

export interface OperationRequest {
  readonly requestId: string;
  /** The server's clock. */
  readonly now: Date;
  readonly engine: Engine;
  readonly server: ServerIdentity;
  /** The region whose endpoint the client means: the one it signed for, else the server's own. */
  readonly endpointRegion: string;
  readonly caller: Caller;
  /** Empty for service operations. */
  readonly bucketName: string;
  /** Throws NoSuchBucket. */
  bucket(): BucketRecord;
  /** The exact key; empty for bucket operations. */
  readonly key: string;
  readonly query: QueryParameters;
  /** By lower-case name, text decoded as UTF-8; repeated headers joined with `,`. */
  header(name: string): string | undefined;
  /** All headers whose lower-case name starts so, the prefix kept. */
  headersStarting(prefix: string): ReadonlyMap<string, string>;
  /** The object's bytes; see ObjectBody. Call at most once. */
  body(): ObjectBody;
  /**
   * A whole small body (XML, policy), unframed and with every digest given checked; see the trait
   * `digestRequired`. Throws MissingRequestBodyError, EntityTooLarge, BadDigest, ...
   */
  readDocument(options?: ReadDocumentOptions): Promise<Buffer>;
  /**
   * For what the operation's own action does not cover: the source of a copy, each key of a batch.
   * Throws AccessDenied unless the caller may do `action`, such as `s3:GetObject`.
   */
  authorize(action: string, resource?: ResourceAddress): void;
  /** As `authorize`, but tells: whether a caller may learn that a key is missing. */
  allows(action: string, resource?: ResourceAddress): boolean;
  /** As `allows`, with the AccessDenied that would be thrown. */
  denialOf(action: string, resource?: ResourceAddress): S3Error | undefined;
  /** Of KMS. */
  readonly keys: KeyStore;
  /** The condition keys of the request, for other services that are asked on its behalf. */
  readonly conditionValues: ContextLookup;
  /** Of IAM. */
  readonly principals: KnownPrincipals;
  /** What the account says of public access to all its buckets. */
  accountBlock(accountId: string): PublicAccessBlockConfiguration | undefined;
  /** It came over TLS, or did not leave this machine. */
  readonly isConfidential: boolean;
  /** `https://host`, as the client addressed the server. */
  readonly origin: string;
  randomBytes(count: number): Buffer;
}

export interface ReadDocumentOptions {
  /** An empty body comes back as zero bytes instead of throwing. Default false. */
  readonly emptyAllowed?: boolean;
}

export interface ResourceAddress {
  /** Default: the bucket of the request. */
  readonly bucket?: BucketRecord;
  /** Absent: the bucket itself. */
  readonly key?: string;
  /** Absent: the latest. Conditions on the version and on its tags are judged by it. */
  readonly versionId?: string;
  /** What the request tags the object with, where that does not stand in a header. */
  readonly requestTags?: readonly Tag[];
}

/** Headers in lower case. `content-length` is set from a string or Uint8Array body. */
export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface ServerIdentity {
  /** The region of the server's own endpoint. */
  readonly region: string;
  /** `aws`, `aws-us-gov`, ...; the region's. */
  readonly partition: string;
  /** There is no other region, and every one in a signature means this. Default false. */
  readonly onlyRegion?: boolean;
}
