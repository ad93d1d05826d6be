import { isLoopback } from "./client-origin.ts";
import { createHash } from "node:crypto";
import type { PublicAccessBlockConfiguration } from "../core/bucket-settings.ts";
import { gatherBytes } from "../core/gather-bytes.ts";
import { documentLimits } from "../core/limits.ts";
import type { BucketRecord, Engine } from "../engine/engine.ts";
import type { ObjectEncryption } from "../engine/object-encryption.ts";
import { createChecksum } from "../protocol/checksums/checksum.ts";
import { type ObjectBody, openObjectBody } from "../protocol/payload/object-body.ts";
import type { QueryParameters } from "../protocol/query.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { type AccessRequest, findCertainDenial, findDenial } from "./authorize.ts";
import type { Authentication } from "./authenticate.ts";
import type { Caller } from "./caller.ts";
import type { ContextLookup } from "../policy/request.ts";
import type { KnownPrincipals } from "./identities/identities.ts";
import type { KeyStore } from "./kms/key-store.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type {
  Operation,
  OperationRequest,
  ReadDocumentOptions,
  ResourceAddress,
  ServerIdentity,
} from "./operation.ts";
import { policyContext } from "./policy-context.ts";
import { readRawBody } from "./read-raw-body.ts";
import type { ServerContext } from "./server-context.ts";
import type { UnderstoodRequest } from "./understand-request.ts";

/** A request whose signature, if any, is good. */
export interface ProvenRequest
  extends
    Pick<UnderstoodRequest, "target" | "headers" | "origin" | "link" | "claim">,
    Authentication {
  readonly requestId: string;
  readonly now: Date;
  readonly operation: Operation;
  /** The bucket in the address; undefined when there is none, or the operation does not use it. */
  readonly bucket: BucketRecord | undefined;
  /** The object's bytes where they are not the body as such: in a form. Their length is not known. */
  readonly file?: AsyncIterable<Uint8Array>;
}

/** A proven request as operations see it. */
export class ServerRequest implements OperationRequest {
  readonly requestId: string;
  readonly now: Date;
  readonly engine: Engine;
  readonly server: ServerIdentity;
  readonly endpointRegion: string;
  readonly caller: Caller;
  readonly bucketName: string;
  readonly key: string;
  readonly query: QueryParameters;
  readonly origin: string;
  readonly #proven: ProvenRequest;
  readonly #context: ServerContext;
  readonly #exchange: HttpExchange;
  #bodyTaken = false;
  #document: Buffer | undefined;

  constructor(proven: ProvenRequest, context: ServerContext, exchange: HttpExchange) {
    const { target, headers } = proven;
    this.#proven = proven;
    this.#context = context;
    this.#exchange = exchange;
    this.requestId = proven.requestId;
    this.now = proven.now;
    this.engine = context.engine;
    const { region, partition } = context;
    this.server =
      context.personality === undefined
        ? { region, partition }
        : { region, partition, onlyRegion: true };
    this.endpointRegion = proven.claim?.region ?? context.region;
    this.caller = proven.caller;
    this.bucketName = target.bucket;
    this.key = target.key;
    this.query = target.query;
    const scheme = proven.origin.secure ? "https" : "http";
    this.origin = `${scheme}://${headers.get("host") ?? "localhost"}`;
  }

  bucket(): BucketRecord {
    const { bucket } = this.#proven;
    if (bucket !== undefined) return bucket;
    throw new S3Error("NoSuchBucket", { extra: { BucketName: this.bucketName } });
  }

  header(name: string): string | undefined {
    return this.#proven.headers.get(name);
  }

  headersStarting(prefix: string): ReadonlyMap<string, string> {
    return this.#proven.headers.starting(prefix);
  }

  get isConfidential(): boolean {
    const { secure, address } = this.#proven.origin;
    return secure || isLoopback(address);
  }

  get keys(): KeyStore {
    return this.#context.keys;
  }

  get conditionValues(): ContextLookup {
    return this.#accessRequest("", {}).context;
  }

  get principals(): KnownPrincipals {
    return this.#context.identities;
  }

  accountBlock(accountId: string): PublicAccessBlockConfiguration | undefined {
    return this.#context.accountBlocks.of(accountId);
  }

  randomBytes(count: number): Buffer {
    return this.#context.randomBytes(count);
  }

  body(): ObjectBody {
    if (this.#bodyTaken) throw new TypeError("The body of a request can be read once.");
    this.#bodyTaken = true;
    const { operation, claim, verified, file } = this.#proven;
    const ownDigests = operation.checksumsOf !== "object";
    return openObjectBody({
      header: (name) => (ownDigests || !isChecksumHeader(name) ? this.header(name) : undefined),
      headersStarting: (prefix) =>
        ownDigests || !isChecksumHeader(prefix) ? this.headersStarting(prefix) : new Map(),
      signedPayloadHash: claim?.payloadHash,
      verified,
      md5ErrorEncoding: operation.md5InErrors ?? "base64",
      lengthUnknown: file !== undefined,
      rawBody: () => file ?? readRawBody(this.#exchange),
    });
  }

  /** What `readDocument` has read. */
  get document(): Buffer | undefined {
    return this.#document;
  }

  async readDocument(options: ReadDocumentOptions = {}): Promise<Buffer> {
    if (!this.#exchange.hasBody) return emptyDocument(options);
    const body = this.body();
    const hasDigest =
      this.header("content-md5") !== undefined || body.checksumAlgorithm !== undefined;
    if (this.#proven.operation.digestRequired === true && !hasDigest) {
      throw new S3Error("InvalidRequest", {
        message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
      });
    }
    const { documentBytes = documentLimits.plainBytes } = this.#proven.operation;
    if ((body.lengthBytes ?? 0) > documentBytes) throw documentTooLarge(documentBytes);
    const bytes = await gatherBytes(body, documentBytes);
    if (bytes === undefined) throw documentTooLarge(documentBytes);
    const { checksumAlgorithm } = body;
    const checksums =
      checksumAlgorithm === undefined
        ? {}
        : { [checksumAlgorithm]: digestOf(createChecksum(checksumAlgorithm), bytes) };
    body.assertDigests({ md5: createHash("md5").update(bytes).digest("hex"), checksums });
    this.#document = bytes;
    return bytes.length === 0 ? emptyDocument(options) : bytes;
  }

  authorize(action: string, resource: ResourceAddress = {}): void {
    const denial = this.denialOf(action, resource);
    if (denial !== undefined) throw denial;
  }

  /**
   * For what only the body tells: throws AccessDenied when the caller cannot be allowed any of `actions`,
   * whatever the body names and holds. `anyKey`: on every key of the bucket; S3 answers each key by
   * itself even when all are refused, so a small document of a caller with a name is read.
   */
  assertWorthReading(
    actions: readonly string[],
    resource: ResourceAddress,
    { anyKey }: { readonly anyKey: boolean },
  ): void {
    if (anyKey && this.caller.kind !== "anonymous" && this.#isSmall()) return;
    let denial: S3Error | undefined;
    for (const action of actions) {
      denial = findCertainDenial(this.#accessRequest(action, resource), { anyKey });
      if (denial === undefined) return;
    }
    if (denial !== undefined) throw denial;
  }

  allows(action: string, resource: ResourceAddress = {}): boolean {
    return this.denialOf(action, resource) === undefined;
  }

  denialOf(action: string, resource: ResourceAddress = {}): S3Error | undefined {
    return findDenial(this.#accessRequest(action, resource));
  }

  /** By the announced length: a body without one may be of any. */
  #isSmall(): boolean {
    return Number(this.header("content-length") ?? Infinity) <= documentLimits.plainBytes;
  }

  #uploadEncryption(): ObjectEncryption | undefined {
    const uploadId = this.query.get("uploadId");
    if (uploadId === undefined) return undefined;
    try {
      return this.engine.getUpload(this.bucketName, this.key, uploadId).encryption;
    } catch (error) {
      if (error instanceof S3Error && error.code === "NoSuchUpload") return undefined;
      throw error;
    }
  }

  /** S3 serves a bucket at its own region's endpoint alone. */
  #factsOf(bucket: BucketRecord | undefined) {
    if (bucket === undefined) {
      return { bucketOwner: undefined, organization: undefined, region: this.endpointRegion };
    }
    const { ownerAccountId, region } = bucket;
    const organization = this.#context.identities.organizationOf(ownerAccountId);
    return { bucketOwner: ownerAccountId, organization, region };
  }

  #accessRequest(action: string, resource: ResourceAddress): AccessRequest {
    const { origin, bucket: addressed } = this.#proven;
    const { policies, partition, identities, accountBlocks, personality } = this.#context;
    const bucket = resource.bucket ?? addressed;
    // Most policies ask for nothing.
    let lookup: ContextLookup | undefined;
    return {
      caller: this.caller,
      action,
      bucket,
      policy: bucket === undefined ? undefined : policies.of(bucket),
      bucketName: bucket?.name ?? this.bucketName,
      key: resource.key,
      partition,
      identities,
      policyMustAllow: personality?.policyMustAllow,
      accountBlocks,
      vpcEndpoint: origin.endpoint?.policy,
      context: (key) => (lookup ??= this.#policyContext(resource, bucket))(key),
    };
  }

  #policyContext(resource: ResourceAddress, bucket: BucketRecord | undefined): ContextLookup {
    const { target, headers, claim, link, now, operation, origin } = this.#proven;
    const { key, versionId, requestTags } = resource;
    return policyContext({
      conditionKeys: operation.conditionKeys ?? {},
      headers,
      query: target.query,
      versionId,
      requestTags,
      tagsByHeader: operation.tagsByHeader === true,
      existingTags: () =>
        bucket === undefined || key === undefined
          ? []
          : (this.engine.getObject(bucket.name, key, versionId)?.tags ?? []),
      uploadEncryption: () => this.#uploadEncryption(),
      claim,
      link,
      origin,
      now,
      ...this.#factsOf(bucket),
    });
  }
}

function isChecksumHeader(name: string): boolean {
  return name.startsWith("x-amz-checksum-") || name === "x-amz-sdk-checksum-algorithm";
}

function emptyDocument(options: ReadDocumentOptions): Buffer {
  if (options.emptyAllowed === true) return Buffer.alloc(0);
  throw new S3Error("MissingRequestBodyError");
}

function documentTooLarge(limitBytes: number): S3Error {
  return new S3Error("MaxMessageLengthExceeded", {
    extra: { MaxMessageLengthBytes: String(limitBytes) },
  });
}

function digestOf(checksum: { update(bytes: Uint8Array): void; digest(): Buffer }, bytes: Buffer) {
  checksum.update(bytes);
  return checksum.digest().toString("base64");
}
