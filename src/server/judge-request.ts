import type { BucketRecord } from "../engine/engine.ts";
import { actionFor } from "../protocol/operations.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { CompiledPolicy } from "../policy/compile-policy.ts";
import type { BucketPolicies } from "./bucket-policies.ts";
import { assertExpectedOwner } from "./expected-owner.ts";
import { assertLinkReach } from "./link-reach.ts";
import type { Operation, OperationRequest, ResourceAddress } from "./operation.ts";
import type { ProvenRequest, ServerRequest } from "./server-request.ts";
import { assertBucketRegion, assertServiceRegion } from "./signed-region.ts";

/**
 * Whether a proven caller may have the operation done, as far as that can be told before the body is
 * read; the operation's traits say how it is judged. Throws S3Error: NoSuchBucket, AccessDenied, ...
 */
export function judgeRequest(
  { operation, bucket, link, claim }: ProvenRequest,
  request: ServerRequest,
  policies: BucketPolicies,
): void {
  const { judgedBy = "action" } = operation;
  if (link !== undefined) assertLinkReach(operation, bucket?.region ?? request.server.region);
  if (judgedBy === "nothing") return;
  if (operation.bucket === undefined) request.bucket();
  if (operation.bucket === "none") assertServiceRegion(claim, request);
  if (bucket !== undefined) assertBucketRegion(claim, bucket, request.server);
  assertExpectedOwner(request.header("x-amz-expected-bucket-owner"), bucket);
  judgeAccess(operation, request, bucket === undefined ? undefined : policies.of(bucket));
  if (operation.ownerOnly !== undefined) assertOwner(operation.ownerOnly, request, bucket);
}

/** What only a document tells is judged by the operation; here, whether it can be worth reading. */
function judgeAccess(
  operation: Operation,
  request: ServerRequest,
  policy: CompiledPolicy | undefined,
): void {
  const [action, resource] = ownAccess(operation, request);
  if (operation.judgedBy === "document") {
    const actions = [action, actionFor(operation.name, { versioned: true })];
    request.assertWorthReading(actions, {}, { anyKey: true });
  } else if (
    operation.judgedBy === "tags" &&
    policy?.forAction(action).asksForRequestTags === true
  ) {
    request.assertWorthReading([action], resource, { anyKey: false });
  } else {
    request.authorize(action, resource);
  }
}

/**
 * The operation's action on what the request addresses. A version counts only for operations that act
 * on one: a put goes to the latest, whatever it says.
 */
function ownAccess(
  { name }: Operation,
  { key, query }: OperationRequest,
): [action: string, resource: ResourceAddress] {
  const action = actionFor(name);
  if (key === "") return [action, {}];
  const versionId = query.get("versionId");
  const versionAction = actionFor(name, { versioned: true });
  if (versionId === undefined || versionAction === action) return [action, { key }];
  return [versionAction, { key, versionId }];
}

/**
 * Whoever may write the policy can grant himself anything, so S3 keeps it to the owner's account
 * even when the policy gives it to others. Source: API reference, PutBucketPolicy.
 */
function assertOwner(
  ResourceType: string,
  { caller }: OperationRequest,
  bucket: BucketRecord | undefined,
): void {
  if (caller.kind !== "anonymous" && caller.accountId === bucket?.ownerAccountId) return;
  throw new S3Error("MethodNotAllowed", { extra: { ResourceType } });
}
