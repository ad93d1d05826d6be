import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { WritableSetting } from "../core/bucket-settings.ts";
import type { EdgeTools } from "../core/edge-tools.ts";
import { isStorageError } from "../core/errors.ts";
import { setupLimits } from "../core/setup-limits.ts";
import { sameStatement } from "../policy/compare-statements.ts";
import { mergeStatements, type OwnStatement } from "../policy/merge.ts";
import type { PutResult, SetupTarget } from "./aspect.ts";
import type { DesiredState } from "./desired-state.ts";
import { needsTlsTrial } from "./needs-tls-trial.ts";
import { ownSids } from "./policy-statements.ts";

/**
 * Puts a policy, and a TLS-only Deny in it only when the store is proven to see TLS: behind a proxy
 * that ends TLS it sees plain http and would shut everybody out, from taking the Deny back as well.
 * On AWS https is TLS; over plain http the Deny is there because it was asked for expressly.
 */
export async function putPolicy(
  { admin }: SetupTarget,
  desired: DesiredState,
  document: string,
  tools: EdgeTools,
): Promise<PutResult | undefined> {
  const { bucket } = desired;
  const deny = tlsOnlyIn(document);
  if (deny === undefined || !needsTlsTrial(desired) || (await isThere(admin, bucket, deny))) {
    await admin.put(bucket, "policy", document);
    return undefined;
  }
  const without = mergeStatements(document, [], [ownSids.tlsOnly]).text;
  try {
    if (await provesTls({ admin, bucket, tools }, deny, document)) {
      await admin.put(bucket, "policy", document);
      return undefined;
    }
  } catch (error) {
    // The trial must not stay.
    await putOrRemove(admin, bucket, without);
    throw error;
  }
  await putOrRemove(admin, bucket, without);
  const detail =
    "put without the TLS-only statement: a trial did not show that the store sees TLS on this endpoint" +
    " (a proxy may end it), and then the statement would shut everybody out";
  return { document: without ?? null, detail };
}

interface Trial {
  readonly admin: BucketAdmin;
  readonly bucket: string;
  readonly tools: EdgeTools;
}

/** Reads that nobody needs for a moment, and what they ask for. */
const harmlessReads: readonly (readonly [WritableSetting, string])[] = [
  ["versioning", "s3:GetBucketVersioning"],
  ["encryption", "s3:GetEncryptionConfiguration"],
  ["ownership", "s3:GetBucketOwnershipControls"],
  ["publicAccessBlock", "s3:GetBucketPublicAccessBlock"],
];

/**
 * Denies one harmless read over TLS for a moment: only a store that sees TLS then refuses it. What
 * is not proven counts as plain http.
 */
async function provesTls(trial: Trial, deny: OwnStatement, document: string): Promise<boolean> {
  const { admin, bucket, tools } = trial;
  const read = await firstReadable(trial);
  if (read === undefined) return false;
  const [setting, action] = read;
  const statement: OwnStatement = {
    ...deny,
    Action: action,
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  };
  await putOrRemove(admin, bucket, mergeStatements(document, [statement]).text);
  for (let attempt = 1; attempt <= setupLimits.tlsTrialReads; attempt += 1) {
    if (!(await mayRead(trial, setting))) return true;
    if (attempt < setupLimits.tlsTrialReads) await tools.sleep(setupLimits.tlsTrialWaitMs);
  }
  return false;
}

async function firstReadable(trial: Trial): Promise<(typeof harmlessReads)[number] | undefined> {
  for (const read of harmlessReads) {
    if (await mayRead(trial, read[0]).catch(() => false)) return read;
  }
  return undefined;
}

async function mayRead({ admin, bucket }: Trial, setting: WritableSetting): Promise<boolean> {
  try {
    await admin.read(bucket, setting);
    return true;
  } catch (error) {
    if (isStorageError(error, "PermissionDenied")) return false;
    throw error;
  }
}

/** It holds already, and we are not shut out. */
async function isThere(admin: BucketAdmin, bucket: string, deny: OwnStatement): Promise<boolean> {
  const current = await admin.read(bucket, "policy");
  const found = current === undefined ? undefined : tlsOnlyIn(current);
  return found !== undefined && sameStatement(found, deny);
}

function tlsOnlyIn(policy: string): OwnStatement | undefined {
  const { foreign } = mergeStatements(policy, []);
  return foreign.find(
    (statement): statement is OwnStatement => statement["Sid"] === ownSids.tlsOnly,
  );
}

async function putOrRemove(
  admin: BucketAdmin,
  bucket: string,
  policy: string | undefined,
): Promise<void> {
  if (policy === undefined) await admin.remove(bucket, "policy");
  else await admin.put(bucket, "policy", policy);
}
