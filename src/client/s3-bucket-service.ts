import type { BucketService, BucketsPage, ListBucketsOptions } from "../core/bucket-service.ts";
import {
  type OptionChecks,
  callChecks,
  checkArgument,
  checkOptions,
  ownOptions,
  isFilledText,
  isText,
} from "../core/check-options.ts";
import { isStorageError } from "../core/errors.ts";
import { s3Limits } from "../core/limits.ts";
import { nextPlace } from "../core/next-place.ts";
import type { CallOptions } from "../core/object-store.ts";
import { readListBuckets } from "../protocol/documents/listings/list-buckets.ts";
import { element, renderXml, s3Namespace } from "../protocol/xml/render.ts";
import { readAnswer } from "./operations/read-document.ts";
import type { S3Sender } from "./s3-sender.ts";

export interface BucketServiceContext {
  /** Of new buckets, and of the endpoint. */
  readonly region: string;
  /** Undefined: to the service itself. */
  readonly connect: (bucket: string | undefined) => S3Sender;
}

const listBucketsChecks: OptionChecks<ListBucketsOptions> = {
  ...callChecks,
  continuationToken: isText,
  prefix: isText,
};

/** BucketService over S3's wire protocol. */
export class S3BucketService implements BucketService {
  readonly #context: BucketServiceContext;
  readonly #service: S3Sender;
  readonly #open: Set<S3Sender>;

  constructor(context: BucketServiceContext) {
    this.#context = context;
    this.#service = context.connect(undefined);
    this.#open = new Set([this.#service]);
  }

  async listBuckets(options: ListBucketsOptions = {}): Promise<BucketsPage> {
    const operation = "ListBuckets";
    const given = ownOptions(options);
    checkOptions(operation, given, listBucketsChecks);
    const { continuationToken, prefix } = given;
    const query = {
      // Without a parameter AWS tells no region, and cuts nothing into pages.
      "max-buckets": s3Limits.listBucketsPage,
      "continuation-token": continuationToken,
      prefix,
    };
    const answer = await this.#service.send({ operation, method: "GET", query }, given);
    const page = readAnswer(operation, answer, "ListAllMyBucketsResult", readListBuckets);
    const next =
      page.continuationToken === undefined
        ? undefined
        : { continuationToken: page.continuationToken };
    const buckets = page.buckets.map(({ name, createdAt, region }) => ({
      name,
      createdAt,
      ...(region !== undefined && { region }),
    }));
    const isTruncated = next !== undefined;
    return { buckets, ...nextPlace({ isTruncated, next }, { continuationToken }, { operation }) };
  }

  async headBucket(
    bucket: string,
    options: CallOptions = {},
  ): Promise<"present" | "absent" | "forbidden"> {
    const operation = "HeadBucket";
    return this.#send(operation, bucket, options, async (sender, given) => {
      try {
        await sender.send({ operation, method: "HEAD" }, given);
        return "present";
      } catch (error) {
        if (isStorageError(error, "NotFound")) return "absent";
        if (isStorageError(error, "PermissionDenied")) return "forbidden";
        throw error;
      }
    });
  }

  async createBucket(bucket: string, options: CallOptions = {}): Promise<void> {
    const operation = "CreateBucket";
    const body = configuration(this.#context.region);
    await this.#send(operation, bucket, options, async (sender, given) => {
      try {
        await sender.send({ operation, method: "PUT", ...(body && { body }) }, given);
      } catch (error) {
        // An earlier attempt, whose answer was lost, has made it.
        const isOwn = isStorageError(error) && error.s3Code === "BucketAlreadyOwnedByYou";
        if (!isOwn || error.outcome !== "unknown") throw error;
      }
    });
  }

  async deleteBucket(bucket: string, options: CallOptions = {}): Promise<void> {
    const operation = "DeleteBucket";
    await this.#send(operation, bucket, options, async (sender, given) => {
      try {
        await sender.send({ operation, method: "DELETE" }, given);
      } catch (error) {
        // An earlier attempt, whose answer was lost, has deleted it.
        const isGone = isStorageError(error, "NotFound") && error.outcome === "unknown";
        if (!isGone) throw error;
      }
    });
  }

  async close(): Promise<void> {
    for (const sender of this.#open) sender.close();
    return Promise.resolve();
  }

  async #send<T>(
    operation: string,
    bucket: string,
    options: CallOptions,
    work: (sender: S3Sender, given: CallOptions) => Promise<T>,
  ): Promise<T> {
    checkArgument(operation, "the bucket", bucket, isFilledText);
    const given = ownOptions(options);
    checkOptions(operation, given, callChecks);
    this.#service.assertOpen({ operation, bucket, key: undefined });
    const sender = this.#context.connect(bucket);
    this.#open.add(sender);
    try {
      return await work(sender, given);
    } finally {
      sender.close();
      this.#open.delete(sender);
    }
  }
}

/** us-east-1 refuses its own name; every other endpoint of AWS wants its own. */
function configuration(region: string): Uint8Array | undefined {
  if (region === "us-east-1") return undefined;
  const root = element("CreateBucketConfiguration", element("LocationConstraint", region));
  return Buffer.from(renderXml(root, { namespace: s3Namespace }));
}
