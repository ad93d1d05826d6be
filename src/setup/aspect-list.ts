import type { Aspect } from "./aspect.ts";
import { bucketAspect } from "./aspects/bucket.ts";
import { encryptionAspect } from "./aspects/encryption.ts";
import { envFileAspect } from "./aspects/env-file.ts";
import { lifecycleAspect } from "./aspects/lifecycle.ts";
import { ownershipAspect } from "./aspects/ownership.ts";
import { policyAspect } from "./aspects/policy.ts";
import { publicAccessBlockAspect } from "./aspects/public-access-block.ts";
import { versioningAspect } from "./aspects/versioning.ts";

/**
 * In the order in which they are applied, one call at a time: S3 answers 409 when two settings of a
 * bucket change at once, and lifecycle rules on versions come after versioning.
 */
export const aspects: readonly Aspect[] = [
  bucketAspect,
  publicAccessBlockAspect,
  ownershipAspect,
  encryptionAspect,
  versioningAspect,
  policyAspect,
  lifecycleAspect,
  envFileAspect,
];
