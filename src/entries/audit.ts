import {
  type Check,
  checkArgument,
  isArray,
  isFilledText,
  isFlag,
  isPlainObject,
  type OptionChecks,
  isWholeNumber,
  ownOptions,
} from "../core/check-options.ts";
import type { Mute } from "../checks/finding.ts";
import type { AuditReport } from "../checks/report/audit-report.ts";
import { onStore, storeCallChecks, type StoreCallOptions } from "./setup-options.ts";

/** What every check says of a bucket. */
export type AuditAnswer = Omit<AuditReport, "changes" | "toolVersion">;

/** What an audit takes for granted. */
export interface AuditCallOptions extends StoreCallOptions {
  /** Accounts beside the bucket's own that its policy may name. Default: none. */
  readonly trustedAccounts?: readonly string[];
  /** Keys of KMS are meant, which the guide does not set up. Default false. */
  readonly expectsKms?: boolean;
  /** Where test files lie. Default `test/`. */
  readonly testPrefix?: string;
  /** After how many days they are to be deleted. Default 7. */
  readonly testDays?: number;
  /** Failures that somebody decided to live with, each with its reason. */
  readonly mutes?: readonly Mute[];
  /** A `.env` that is looked at for keys. Default: none. */
  readonly envFile?: string;
}

const isMutes: Check = (value) =>
  Array.isArray(value) && value.every(isMute) ? undefined : "an array of { id, reason }";

function isMute(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  return [value["id"], value["reason"]].every((text) => isFilledText(text) === undefined);
}

const auditChecks: OptionChecks<AuditCallOptions> = {
  ...storeCallChecks,
  trustedAccounts: isArray,
  expectsKms: isFlag,
  testPrefix: isFilledText,
  testDays: isWholeNumber(1),
  mutes: isMutes,
  envFile: isFilledText,
};

/**
 * Judges a bucket by every check of the audit; changes nothing. What could not be seen is `unknown`,
 * never a pass. Throws NotFound where there is no such bucket.
 *
 * @example
 * const { findings, summary } = await audit("my-lab-data");
 * const failed = findings.filter(({ status }) => status === "fail");
 */
export async function audit(bucket: string, options: AuditCallOptions = {}): Promise<AuditAnswer> {
  checkArgument("audit", "the bucket", bucket, isFilledText);
  const given = ownOptions(options);
  return onStore("audit", given, auditChecks, async (settings) => {
    const { onEvent, mutes = [], trustedAccounts = [], expectsKms = false } = given;
    const { testPrefix = "test/", testDays = 7, envFile } = given;
    const { observeForAudit } = await import("../open/audit-session.ts");
    const { judgeFacts } = await import("../checks/audit/run-audit.ts");
    const { summarize } = await import("../checks/report/summary.ts");
    const observed = await observeForAudit({
      settings,
      bucket,
      environment: process.env,
      envFile,
      listener: { ...(onEvent !== undefined && { onEvent }) },
    });
    const time = new Date().toISOString();
    const place = { ...observed.place, trustedAccounts, expectsKms, testPrefix, testDays };
    const findings = judgeFacts(observed.facts, place, { mutes, today: time.slice(0, 10) });
    const { region, endpointUrl } = observed.place;
    return {
      bucket,
      region,
      ...(endpointUrl !== undefined && { endpointUrl }),
      ...(observed.caller !== undefined && { caller: observed.caller }),
      time,
      findings,
      summary: summarize(findings),
    };
  });
}
