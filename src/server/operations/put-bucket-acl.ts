import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/**
 * Buckets whose owner is enforced, as all new ones are, have no ACLs. On others only `private` is
 * taken, which is so anyway.
 */
export const putBucketAcl: Operation = {
  name: "PutBucketAcl",
  handle: async (request) => {
    if (request.bucket().settings.ownership === "BucketOwnerEnforced") {
      throw new S3Error("AccessControlListNotSupported");
    }
    const acl = request.header("x-amz-acl");
    const body = await request.readDocument({ emptyAllowed: true });
    const [grant] = request.headersStarting("x-amz-grant-").keys();
    if (acl === "private" && grant === undefined && body.length === 0) return { status: 200 };
    throw new S3Error("NotImplemented", {
      message: "This server stores no access control lists.",
      extra: { Header: grant ?? "x-amz-acl" },
    });
  },
};
