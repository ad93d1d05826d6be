import type { AnyAuditRule } from "./audit-rule.ts";
import { accessLogging } from "./rules/access-logging.ts";
import { accountPublicAccessBlock } from "./rules/account-public-access-block.ts";
import { advice } from "./rules/advice.ts";
import { bucketIsOurs } from "./rules/bucket-is-ours.ts";
import { bucketKey } from "./rules/bucket-key.ts";
import { bucketPublicAccessBlock } from "./rules/bucket-public-access-block.ts";
import { callerIsSession } from "./rules/caller-is-session.ts";
import { customerKeysBlocked } from "./rules/customer-keys-blocked.ts";
import { dailyRole } from "./rules/daily-role.ts";
import { defaultEncryption } from "./rules/default-encryption.ts";
import { dotenvPrivate } from "./rules/dotenv-private.ts";
import { expirationPurges } from "./rules/expiration-purges.ts";
import { keyUsable } from "./rules/key-usable.ts";
import { kmsNotRequired } from "./rules/kms-not-required.ts";
import { leastActions } from "./rules/least-actions.ts";
import { lifecycleFilters } from "./rules/lifecycle-filters.ts";
import { mfaDelete } from "./rules/mfa-delete.ts";
import { nameNotPredictable } from "./rules/name-not-predictable.ts";
import { noDeadPrincipal } from "./rules/no-dead-principal.ts";
import { noEncryptionHeaderDeny } from "./rules/no-encryption-header-deny.ts";
import { noForeignAccount } from "./rules/no-foreign-account.ts";
import { noLeftoverKmsObjects } from "./rules/no-leftover-kms-objects.ts";
import { noLockOut } from "./rules/no-lock-out.ts";
import { noLongLivedKeys } from "./rules/no-long-lived-keys.ts";
import { noPublicAcl } from "./rules/no-public-acl.ts";
import { noSessionPrincipal } from "./rules/no-session-principal.ts";
import { noSideDoors } from "./rules/no-side-doors.ts";
import { notPublic } from "./rules/not-public.ts";
import { nothingExpiresEverything } from "./rules/nothing-expires-everything.ts";
import { oldVersionsBounded } from "./rules/old-versions-bounded.ts";
import { ownerEnforced } from "./rules/owner-enforced.ts";
import { readsRecorded } from "./rules/reads-recorded.ts";
import { restrictingDeny } from "./rules/restricting-deny.ts";
import { rightRegion } from "./rules/right-region.ts";
import { testFilesExpire } from "./rules/test-files-expire.ts";
import { tlsOnly } from "./rules/tls-only.ts";
import { trailLogs } from "./rules/trail-logs.ts";
import { unfinishedUploadsAborted } from "./rules/unfinished-uploads-aborted.ts";
import { versioningEnabled } from "./rules/versioning-enabled.ts";
import { wholeCredentials } from "./rules/whole-credentials.ts";
import { writesRecorded } from "./rules/writes-recorded.ts";

/** Every check of the audit, in the order of the report. */
export const auditRules: readonly AnyAuditRule[] = [
  defaultEncryption,
  keyUsable,
  bucketKey,
  customerKeysBlocked,
  noLeftoverKmsObjects,
  kmsNotRequired,
  versioningEnabled,
  oldVersionsBounded,
  mfaDelete,
  testFilesExpire,
  expirationPurges,
  unfinishedUploadsAborted,
  nothingExpiresEverything,
  lifecycleFilters,
  callerIsSession,
  noLongLivedKeys,
  wholeCredentials,
  dotenvPrivate,
  dailyRole,
  trailLogs,
  writesRecorded,
  readsRecorded,
  accessLogging,
  restrictingDeny,
  noSessionPrincipal,
  noDeadPrincipal,
  noForeignAccount,
  notPublic,
  tlsOnly,
  noLockOut,
  leastActions,
  noEncryptionHeaderDeny,
  bucketPublicAccessBlock,
  accountPublicAccessBlock,
  ownerEnforced,
  noPublicAcl,
  rightRegion,
  bucketIsOurs,
  nameNotPredictable,
  noSideDoors,
  advice,
];
