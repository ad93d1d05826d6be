import type { BucketRecord } from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/** Canned ACLs that say what holds anyway: the bucket's owner owns all. */
const harmless: ReadonlySet<string> = new Set(["private", "bucket-owner-full-control"]);

/**
 * The server keeps no ACLs, as buckets with BucketOwnerEnforced (S3's default since 2023) do not.
 * Throws AccessControlListNotSupported for an ACL that would grant anything, and AccessDenied for any
 * at all by a caller who may not set one.
 */
export function assertAclAllowed(request: OperationRequest, bucket: BucketRecord): void {
  const canned = request.header("x-amz-acl");
  const grants = request.headersStarting("x-amz-grant-").size > 0;
  if (grants || canned !== undefined) request.authorize("s3:PutObjectAcl", { key: request.key });
  if (!grants && (canned === undefined || harmless.has(canned))) return;
  const ownership = bucket.settings.ownership ?? "BucketOwnerEnforced";
  if (ownership === "BucketOwnerEnforced") throw new S3Error("AccessControlListNotSupported");
  throw new S3Error("NotImplemented", {
    extra: { Header: grants ? "x-amz-grant-*" : "x-amz-acl" },
  });
}
