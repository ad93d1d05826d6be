import { countOf } from "../../../core/count-of.ts";
import { findLockOuts } from "../../../policy/lock-out.ts";
import { knownPrincipal, principalsOf, readPolicy } from "../../audit/policy-view.ts";
import { reasonOf } from "../../../core/reading.ts";
import type { DoctorFacts } from "../doctor-facts.ts";
import { type Examination, fine, idle, type Layer, trouble } from "../layer.ts";
import { type AskedAccess, judgeAccess } from "../judge-access.ts";
import { seen, type Symptom } from "../symptom.ts";

/** The bucket's policy, judged here for who is asking. */
export const policyLayer: Layer = {
  name: "policy",
  title: "Policy: judged for the caller",
  examine: async (examination) => {
    const { facts } = examination;
    const { bucket, policy: text, policyRefusal, caller, partition } = facts;
    if (bucket === undefined) return idle("no bucket is set");
    if (policyRefusal !== undefined && isWorthTelling(policyRefusal, caller)) {
      return trouble(policyRefusal);
    }
    const policy = readPolicy(text, { bucket });
    if (policy === undefined) {
      if (caller === undefined) return idle("there is none that could be read");
      const words = policyRefusal === undefined ? "has none" : "does not show its own";
      return fine(`the bucket ${words}; ${await judged(examination)}`);
    }
    const tried = "Judge the bucket's policy";
    const symptoms: Symptom[] = [];
    if (caller !== undefined) {
      const lockOuts = findLockOuts(policy, {
        bucket,
        partition: caller.arn.split(":")[1] ?? partition,
        ownerAccountId: caller.accountId,
        principals: [knownPrincipal(caller)],
      });
      const certain = lockOuts.find(
        ({ certain: isCertain, action }) => isCertain && action.endsWith("BucketPolicy"),
      );
      if (certain !== undefined) symptoms.push(seen("LockedOut", tried, certain.message));
    }
    const dead = principalsOf(policy).filter((value) => /^A(?:ROA|IDA)[A-Z0-9]+$/.test(value));
    if (dead.length > 0) {
      const message = `The policy names ${dead.join(", ")}, which is what is left of a deleted role or user.`;
      symptoms.push(seen("DeadPrincipal", tried, message));
    }
    const counted = countOf(policy.statements.length, "statement");
    return { symptoms, detail: `${counted}; ${await judged(examination)}` };
  },
};

/**
 * Who may simply not read it needs no right to: daily work does without. Of a store without accounts 405
 * may mean anything.
 */
function isWorthTelling({ code, denial }: Symptom, caller: DoctorFacts["caller"]): boolean {
  const isOthers = code === "MethodNotAllowed" && caller !== undefined;
  return isOthers || (denial?.cause === "explicit-deny" && denial.layer === "resource");
}

/** What daily work with files asks for. */
const daily: readonly [AskedAccess, ...AskedAccess[]] = [
  { action: "s3:PutObject", key: "any-file" },
  { action: "s3:GetObject", key: "any-file" },
  { action: "s3:DeleteObject", key: "any-file" },
  { action: "s3:AbortMultipartUpload", key: "any-file" },
  { action: "s3:ListBucket", key: "" },
];

const outcomeWords = {
  allowed: "allowed",
  explicitDeny: "denied by a statement",
  implicitDeny: "allowed by nothing",
  unknown: "not certain",
} as const;

/** The verdict of all policies that can be read, bucket's, caller's and key's, and what cannot be. */
async function judged({ sources, facts }: Examination): Promise<string> {
  try {
    const explained = await judgeAccess(daily, sources, facts);
    const hidden = new Set(explained.flatMap(({ unseen }) => unseen.map(({ what }) => what)));
    const unseen =
      hidden.size === 0 ? [] : [`not visible to the caller: ${[...hidden].join(", ")}`];
    if (explained.every(({ outcome }) => outcome === "unknown")) {
      return [...unseen, "so what was tried above is all that counts"].join("; ");
    }
    const groups = Object.entries(outcomeWords).flatMap(([outcome, words]) => {
      const actions = explained.filter((each) => each.outcome === outcome);
      return actions.length === 0 ? [] : [`${words}: ${actions.map(nameOf).join(", ")}`];
    });
    const sure = hidden.size === 0 ? [] : ["as far as it can be seen"];
    return [...sure, ...groups, ...unseen].join("; ");
  } catch (error) {
    return `the caller's policies could not be judged: ${reasonOf(error)}`;
  }
}

function nameOf({ action }: { readonly action: string }): string {
  return action.replace("s3:", "");
}
