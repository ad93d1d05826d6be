import { type FormClaim, verifyFormClaim } from "../protocol/forms/form-claim.ts";
import type { RequestTarget } from "../protocol/request-target.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { sameText } from "../protocol/same-text.ts";
import { type LinkClaim, verifyLink } from "../protocol/sigv2/link.ts";
import {
  assertCredentialScope,
  type ReceivedRequest,
  type SignatureClaim,
  type VerifiedSignature,
  verifySignature,
} from "../protocol/sigv4/verify.ts";
import type { Caller } from "./caller.ts";
import type { ResolvedIdentity } from "./identities/identities.ts";
import type { KeyClaim, KeyRing } from "./key-ring.ts";

export interface Authentication {
  readonly caller: Caller;
  /** What chunk signatures build on; undefined for anonymous requests. */
  readonly verified: VerifiedSignature | undefined;
}

/** The part of a request that is proven here. */
interface SignedRequest {
  readonly received: ReceivedRequest;
  readonly target: RequestTarget;
  readonly link: LinkClaim | undefined;
  readonly claim: SignatureClaim | undefined;
}

/** Proves whatever signature a request to S3 has. Throws as `authenticate` does. */
export function authenticateRequest(
  { received, target, link, claim }: SignedRequest,
  keyRing: KeyRing,
  now: Date,
): Authentication {
  if (link !== undefined) return authenticateLink(received, target, link, { keyRing, now });
  if (claim !== undefined) assertCredentialScope(claim, { region: claim.region, service: "s3" });
  return authenticate(received, claim, keyRing, now);
}

/**
 * Proves who signed a request. No claim means an anonymous caller. Throws S3Error as S3 does:
 * InvalidAccessKeyId, InvalidToken, ExpiredToken, and what `verifySignature` throws.
 */
export function authenticate(
  request: ReceivedRequest,
  claim: SignatureClaim | undefined,
  keyRing: KeyRing,
  now: Date,
): Authentication {
  if (claim === undefined) return { caller: { kind: "anonymous" }, verified: undefined };
  const identity = identify(claim, keyRing, now);
  const verified = verifySignature(request, claim, identity.secretAccessKey, now);
  assertSessionToken(identity, claim);
  return { caller: identity.caller, verified };
}

/** As `authenticate`, for links of Signature Version 2. */
function authenticateLink(
  request: ReceivedRequest,
  target: RequestTarget,
  claim: LinkClaim,
  context: { readonly keyRing: KeyRing; readonly now: Date },
): Authentication {
  const { keyRing, now } = context;
  const identity = identify(claim, keyRing, now);
  const { secretAccessKey } = identity;
  const hostedBucket = target.style === "virtual-hosted" ? target.bucket : undefined;
  verifyLink({ request, claim, secretAccessKey, hostedBucket, now });
  assertSessionToken(identity, claim);
  return { caller: identity.caller, verified: undefined };
}

/** As `authenticate`, for a browser's form, which is signed over its policy. */
export function authenticateForm(claim: FormClaim, keyRing: KeyRing, now: Date): Caller {
  const identity = identify(claim, keyRing, now);
  if (claim.v4 !== undefined) {
    assertCredentialScope(claim.v4, { region: claim.v4.region, service: "s3" });
  }
  verifyFormClaim(claim, identity.secretAccessKey);
  assertSessionToken(identity, claim);
  return identity.caller;
}

/** A temporary key is known by its token alone, so that without a good one there is no secret. */
function identify(claim: KeyClaim, keyRing: KeyRing, now: Date): ResolvedIdentity {
  const { accessKeyId, sessionToken } = claim;
  const identity = keyRing.find(claim, now);
  if (identity !== undefined) return identity;
  if (sessionToken === undefined || !accessKeyId.startsWith("ASIA")) throw unknownKey(accessKeyId);
  throw new S3Error("InvalidToken", { extra: { "Token-0": sessionToken } });
}

function assertSessionToken(identity: ResolvedIdentity, claim: KeyClaim): void {
  const sent = claim.sessionToken;
  // S3 keeps temporary and permanent keys apart: without its token a temporary key does not exist.
  if (identity.sessionToken !== undefined && sent === undefined)
    throw unknownKey(claim.accessKeyId);
  if (sent === undefined) return;
  if (identity.sessionToken === undefined || !sameText(sent, identity.sessionToken)) {
    throw new S3Error("InvalidToken", { extra: { "Token-0": sent } });
  }
  if (identity.expired) throw new S3Error("ExpiredToken", { extra: { "Token-0": sent } });
}

function unknownKey(accessKeyId: string): S3Error {
  return new S3Error("InvalidAccessKeyId", { extra: { AWSAccessKeyId: accessKeyId } });
}
