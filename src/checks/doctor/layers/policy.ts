import { findLockOuts } from "../../../policy/lock-out.ts";
import { knownPrincipal, principalsOf, readPolicy } from "../../audit/policy-view.ts";
import type { DoctorFacts } from "../doctor-facts.ts";
import { idle, type Layer, trouble } from "../layer.ts";
import { seen, type Symptom } from "../symptom.ts";

/** The bucket's policy, judged here for who is asking. */
export const policyLayer: Layer = {
  name: "policy",
  title: "Policy: judged for the caller",
  examine: async ({ facts }) => {
    const { bucket, policy: text, policyRefusal, caller, partition } = facts;
    if (bucket === undefined) return idle("no bucket is set");
    if (policyRefusal !== undefined && isWorthTelling(policyRefusal, caller)) {
      return trouble(policyRefusal);
    }
    const policy = readPolicy(text, { bucket });
    if (policy === undefined) return idle("there is none that could be read");
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
    return { symptoms, detail: `${policy.statements.length} statements` };
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
