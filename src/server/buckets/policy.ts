import { documentLimits } from "../../core/limits.ts";
import { isPublicPolicy } from "../../policy/is-public.ts";
import { parsePolicy, parseStoredPolicy } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { Policy } from "../../policy/policy.ts";
import { bucketDocuments } from "../../protocol/bucket-documents.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { element } from "../../protocol/xml/render.ts";
import { keepPrincipals, showPrincipals } from "../iam/principal-ids.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";
import { answerNotSet, serveSetting } from "./serve-setting.ts";

/**
 * The policy's text as it was put, checked whole; users and roles that are gone by now stand in it by
 * their ids. Throws MalformedPolicy, and AccessDenied for a public policy while `BlockPublicPolicy` is
 * on. Whoever may write it can grant himself anything, so S3 keeps it to the owner's account.
 * Source: API reference, PutBucketPolicy.
 */
export const policy = serveSetting("policy", {
  traits: { ownerOnly: "BUCKETPOLICY" },
  putTraits: { documentBytes: documentLimits.policyBytes },
  putStatus: 204,
  emptyAllowed: true,
  show: (document, { principals }) => showPrincipals(principals, document),
  accept: (document, request) => {
    const parsed = checkPolicy(document, request);
    const isPublic = isPublicPolicy(parsed);
    return {
      document: keepPrincipals(request.principals, document),
      // Judged in the write transaction, so that a public access block that was put meanwhile still
      // counts.
      assertFits: ({ publicAccessBlock }) => {
        if (!isPublic) return;
        const ofAccount = request.accountBlock(request.bucket().ownerAccountId);
        const blocks = [publicAccessBlock, ofAccount];
        if (blocks.some((block) => block?.BlockPublicPolicy === true)) {
          throw publicPolicyBlocked(request);
        }
      },
    };
  },
});

/** Whether the policy is public in S3's meaning, blocked or not. */
export const policyStatus: Operation = {
  name: "GetBucketPolicyStatus",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.policy === undefined) return answerNotSet(bucketDocuments.policy, request);
    const { policy: parsed } = parseStoredPolicy(settings.policy, name);
    return xmlResponse(element("PolicyStatus", element("IsPublic", isPublicPolicy(parsed))));
  },
};

function checkPolicy(text: string, request: OperationRequest): Policy {
  try {
    return parsePolicy(text, {
      bucket: request.bucketName,
      partition: request.server.partition,
      principalExists: (arn) => request.principals.principalExists(arn),
    });
  } catch (cause) {
    if (!(cause instanceof PolicyError)) throw cause;
    const { message, detail } = cause;
    const extra = detail === undefined ? {} : { Detail: detail };
    throw new S3Error("MalformedPolicy", { message, extra, cause });
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
