import { s3Limits } from "../../core/limits.ts";
import { isPublicPolicy } from "../../policy/is-public.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { Policy } from "../../policy/policy.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation, OperationRequest } from "../operation.ts";

/**
 * Replaces the policy, checked whole. Throws MalformedPolicy, and AccessDenied for a public policy
 * while `BlockPublicPolicy` is on.
 */
export const putBucketPolicy: Operation = {
  name: "PutBucketPolicy",
  ownerOnly: "BUCKETPOLICY",
  handle: async (request) => {
    const bucket = request.bucket();
    const text = decodePolicy(await request.readDocument({ emptyAllowed: true }));
    const isPublic = isPublicPolicy(checkPolicy(text, bucket.name, request.server.partition));
    await request.engine.updateBucketSettings(bucket.name, (settings) => {
      // Judged here, so that a block put meanwhile still counts.
      if (isPublic && settings.publicAccessBlock?.BlockPublicPolicy === true) {
        throw publicPolicyBlocked(request);
      }
      return { ...settings, policy: text };
    });
    return { status: 204 };
  },
};

function decodePolicy(body: Buffer): string {
  // Far beyond any valid policy; the exact limit counts without white space.
  if (body.length > s3Limits.policyBytes * 16) throw new S3Error("MaxMessageLengthExceeded");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new S3Error("MalformedPolicy", { cause });
  }
}

function checkPolicy(text: string, bucket: string, partition: string): Policy {
  try {
    return parsePolicy(text, { bucket, partition });
  } catch (cause) {
    if (!(cause instanceof PolicyError)) throw cause;
    throw new S3Error("MalformedPolicy", { message: cause.message, cause });
  }
}

function publicPolicyBlocked({ caller, bucketName, server }: OperationRequest): S3Error {
  const who = caller.kind === "anonymous" ? "anonymous" : caller.arn;
  return new S3Error("AccessDenied", {
    message:
      `User: ${who} is not authorized to perform: s3:PutBucketPolicy on resource: ` +
      `"arn:${server.partition}:s3:::${bucketName}" because public policies are blocked by the ` +
      "BlockPublicPolicy block public access setting.",
  });
}
