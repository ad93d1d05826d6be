import { documentLimits } from "../../core/limits.ts";
import { objectOwnerships, type ObjectOwnership, type Tag } from "../../core/bucket-settings.ts";
import type { BucketRecord, BucketSettings, Engine, NewBucket } from "../../engine/engine.ts";
import { tagList } from "../../protocol/documents/tagging.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { child, childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import { assertBucketName } from "../buckets/bucket-name.ts";
import { assertBucketTags } from "../buckets/tags.ts";
import { chooseRegion } from "../buckets/choose-region.ts";
import { defaultEncryption, defaultPublicAccessBlock } from "../buckets/default-settings.ts";
import type { Operation, OperationRequest, S3Response } from "../operation.ts";

/**
 * Makes a bucket with the defaults of AWS's new buckets. Making one's own bucket again is an error but
 * in us-east-1, where it succeeds and changes nothing.
 */
export const createBucket: Operation = {
  name: "CreateBucket",
  bucket: "new",
  documentBytes: documentLimits.bucketTagsBytes,
  handle: async (request) => {
    const { caller, bucketName, engine } = request;
    if (caller.kind === "anonymous") throw new S3Error("AccessDenied");
    const { constraint, tags } = parseConfiguration(
      await request.readDocument({ emptyAllowed: true }),
    );
    const namespace = readNamespace(request);
    const region = chooseRegion({
      constraint,
      endpointRegion: request.endpointRegion,
      server: request.server,
    });
    assertBucketName(bucketName, { accountId: caller.accountId, region, namespace });
    const settings = readSettings(request, tags);
    await createOrRepeat(engine, {
      name: bucketName,
      region,
      ownerAccountId: caller.accountId,
      settings,
    });
    return created(request, region);
  },
};

interface Configuration {
  readonly constraint: string | undefined;
  readonly tags: readonly Tag[];
}

function parseConfiguration(body: Buffer): Configuration {
  if (body.length === 0) return { constraint: undefined, tags: [] };
  const root = parseXml(body, { root: "CreateBucketConfiguration" });
  if (child(root, "Bucket") !== undefined || child(root, "Location") !== undefined) {
    throw new S3Error("NotImplemented", {
      message: "Directory buckets are not implemented by this server.",
    });
  }
  const list = child(root, "Tags");
  return {
    constraint: childText(root, "LocationConstraint")?.trim(),
    tags:
      list === undefined ? [] : assertNewTags(tagList.read(childrenNamed(list, "Tag"), {}) ?? []),
  };
}

function readNamespace(request: OperationRequest): "global" | "account-regional" {
  const namespace = request.header("x-amz-bucket-namespace") ?? "global";
  if (namespace === "global" || namespace === "account-regional") return namespace;
  throw headerError("x-amz-bucket-namespace", namespace);
}

/** As for a bucket that is there, but for the words. Source: recordings of AWS of 2026-02. */
function assertNewTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.some(({ Key }) => /^aws:/i.test(Key))) {
    throw new S3Error("InvalidTag", {
      message:
        'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system ' +
        'tags. Remove "aws:" from your tag keys and try again.',
    });
  }
  return assertBucketTags(tags);
}

function readSettings(request: OperationRequest, tags: readonly Tag[]): BucketSettings {
  const ownership = readOwnership(request.header("x-amz-object-ownership"));
  refuseObjectLock(request);
  assertNoAcl(request, ownership);
  return {
    ownership,
    publicAccessBlock: defaultPublicAccessBlock,
    encryption: defaultEncryption,
    ...(tags.length > 0 && { tags }),
  };
}

/** A bucket that only says that it locks would lose what somebody relies on. */
function refuseObjectLock(request: OperationRequest): void {
  const header = "x-amz-bucket-object-lock-enabled";
  if (request.header(header)?.toLowerCase() !== "true") return;
  throw new S3Error("NotImplemented", {
    message: "This server has no object lock, so the bucket was not created. Create it without.",
    extra: { Header: header },
  });
}

function readOwnership(header: string | undefined): ObjectOwnership {
  if (header === undefined) return "BucketOwnerEnforced";
  const found = objectOwnerships.find((ownership) => ownership === header);
  if (found === undefined) throw headerError("x-amz-object-ownership", header);
  return found;
}

/** `private` says what is so anyway; other lists of grants need buckets whose ACLs count. */
function assertNoAcl(request: OperationRequest, ownership: ObjectOwnership): void {
  const acl = request.header("x-amz-acl") ?? "private";
  const grants = request.headersStarting("x-amz-grant-");
  if (acl === "private" && grants.size === 0) return;
  if (ownership === "BucketOwnerEnforced") throw new S3Error("InvalidBucketAclWithObjectOwnership");
  const [grant] = grants.keys();
  throw new S3Error("NotImplemented", { extra: { Header: grant ?? "x-amz-acl" } });
}

function headerError(name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message: `Invalid ${name} header: ${value}`,
    extra: { ArgumentName: name },
  });
}

/** Another request may make the bucket meanwhile; then its rules are those of one that was there. */
async function createOrRepeat(engine: Engine, wanted: NewBucket): Promise<void> {
  if (engine.getBucket(wanted.name) === undefined) {
    try {
      await engine.createBucket(wanted);
      return;
    } catch (error) {
      if (engine.getBucket(wanted.name) === undefined) throw error;
    }
  }
  assertRepeatable(engine.getBucket(wanted.name), wanted);
}

function assertRepeatable(existing: BucketRecord | undefined, wanted: NewBucket): void {
  if (existing === undefined) throw new S3Error("OperationAborted");
  const extra = { BucketName: existing.name };
  if (existing.ownerAccountId !== wanted.ownerAccountId) {
    throw new S3Error("BucketAlreadyExists", { extra });
  }
  const isLegacy = existing.region === "us-east-1" && wanted.region === "us-east-1";
  if (!isLegacy || wanted.settings?.tags !== undefined) {
    throw new S3Error("BucketAlreadyOwnedByYou", { extra });
  }
}

function created(request: OperationRequest, region: string): S3Response {
  const { bucketName, origin, server } = request;
  return {
    status: 200,
    headers: {
      location: region === "us-east-1" ? `/${bucketName}` : bucketUrl(origin, bucketName),
      "x-amz-bucket-arn": `arn:${server.partition}:s3:::${bucketName}`,
    },
  };
}

function bucketUrl(origin: string, bucketName: string): string {
  const [scheme = "http:", host = ""] = origin.split("//");
  const isVirtual = host.startsWith(`${bucketName}.`);
  return `${scheme}//${isVirtual ? host : `${bucketName}.${host}`}/`;
}
