import type { BucketRecord, ObjectRecord } from "../engine/engine.ts";
import { contextOf } from "../policy/request.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { findDenial } from "./authorize.ts";
import { serviceKey } from "./objects/object-keys.ts";
import { bucketDefault } from "./objects/encryption.ts";
import type { ServerContext } from "./server-context.ts";

type WriterContext = Pick<
  ServerContext,
  "engine" | "identities" | "keys" | "partition" | "policies" | "now" | "accountBlocks"
>;

/** A service of AWS that writes into a customer's bucket, and for which of his resources. */
export interface ServiceWriter {
  /** `cloudtrail.amazonaws.com` */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

/** Such services give the bucket's owner all rights, and policies may ask for that. */
const acl = ["s3:x-amz-acl", "bucket-owner-full-control"] as const;

/** Why the bucket's policy does not let the service do it; undefined: it does. */
export function serviceDenial(
  context: WriterContext,
  { service, sourceArn, sourceAccount }: ServiceWriter,
  bucket: BucketRecord,
  { action, key }: { readonly action: string; readonly key?: string },
): S3Error | undefined {
  return findDenial({
    caller: { kind: "anonymous", service },
    action,
    bucket,
    policy: context.policies.of(bucket),
    bucketName: bucket.name,
    partition: context.partition,
    identities: context.identities,
    accountBlocks: context.accountBlocks,
    context: contextOf([
      acl,
      ["aws:SourceArn", sourceArn],
      ["aws:SourceAccount", sourceAccount],
      ["aws:SecureTransport", "true"],
      ["aws:CurrentTime", context.now().toISOString()],
      ["aws:ResourceAccount", bucket.ownerAccountId],
      ["s3:ResourceAccount", bucket.ownerAccountId],
    ]),
    ...(key !== undefined && { key }),
  });
}

export interface ServiceFile {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Writes an object as a service does: by the bucket's policy, encrypted as the bucket says, and without
 * being a request that anybody is told of. Throws S3Error: NoSuchBucket, AccessDenied, ...
 */
export async function writeAsService(
  context: WriterContext,
  writer: ServiceWriter,
  { bucket: name, key, bytes, headers }: ServiceFile,
): Promise<ObjectRecord> {
  const { engine } = context;
  const bucket = engine.getBucket(name);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", { extra: { BucketName: name } });
  const denial = serviceDenial(context, writer, bucket, { action: "s3:PutObject", key });
  if (denial !== undefined) throw denial;
  const wish = bucketDefault(bucket);
  const { encryption, dataKey } = await serviceKey(context, writer.service, bucket, key, wish);
  const staged = await engine.stage(once(bytes), {
    checksums: ["CRC64NVME"],
    expectedBytes: bytes.length,
    ...(dataKey !== undefined && { dataKey }),
  });
  try {
    const value = staged.checksums.CRC64NVME;
    return await engine.putObject({
      bucket: name,
      key,
      staged,
      headers,
      metadata: {},
      encryption,
      ...(value !== undefined && {
        checksum: { algorithm: "CRC64NVME" as const, type: "FULL_OBJECT" as const, value },
      }),
    });
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes);
}
