import type { DialectName } from "../../core/dialect-name.ts";
import type { Remedy, Severity } from "../finding.ts";
import type { AuditFacts, Fact, FactName } from "./facts.ts";

/** What the audit was told of the bucket. */
export interface AuditContext {
  readonly bucket: string;
  /** That of the settings. */
  readonly region: string;
  readonly partition: string;
  /** Undefined: AWS. */
  readonly endpointUrl: string | undefined;
  /** `qumulo` has policies of its own kind. Default: as AWS. */
  readonly dialect?: DialectName;
  /** Accounts beside the bucket's own that its policy may name. */
  readonly trustedAccounts: readonly string[];
  /** Keys of KMS are meant: not what the guide sets up. Default false. */
  readonly expectsKms: boolean;
  /** Where test files lie, and after how many days they are deleted at the latest. */
  readonly testPrefix: string;
  readonly testDays: number;
}

export type Judgement =
  | {
      readonly status: "pass" | "not-applicable" | "unknown";
      readonly saw: string;
    }
  | { readonly status: "muted"; readonly saw: string; readonly reason: string }
  | {
      readonly status: "fail";
      readonly saw: string;
      readonly affects: string;
      readonly remedy: Remedy;
    };

/** Facts by name: what is needed as its value, what may be unknown as a Fact. */
type RuleFacts<Needed extends FactName, Optional extends FactName> = {
  readonly [Name in Needed]: AuditFacts[Name];
} & { readonly [Name in Optional]: Fact<AuditFacts[Name]> };

export interface AuditRule<
  Needed extends FactName = FactName,
  Optional extends FactName = FactName,
> {
  readonly id: string;
  /** What holds when it passes. */
  readonly title: string;
  readonly severity: Severity;
  readonly practice?: number;
  readonly sameAs?: readonly string[];
  /** Where one of these is unknown, the finding is. */
  readonly needs: readonly Needed[];
  /** What helps to judge, known or not. */
  readonly uses?: readonly Optional[];
  readonly judge: (facts: RuleFacts<Needed, Optional>, context: AuditContext) => Judgement;
}

/** Any rule; which facts it takes is known where it was made. */
export interface AnyAuditRule extends Omit<AuditRule, "judge"> {
  readonly judge: (facts: never, context: AuditContext) => Judgement;
}

export function defineRule<const Needed extends FactName, const Optional extends FactName = never>(
  rule: AuditRule<Needed, Optional>,
): AnyAuditRule {
  return rule;
}

export const pass = (saw: string): Judgement => ({ status: "pass", saw });

export const notApplicable = (saw: string): Judgement => ({ status: "not-applicable", saw });

export const unknown = (saw: string): Judgement => ({ status: "unknown", saw });

export const fail = (saw: string, affects: string, remedy: Remedy): Judgement => ({
  status: "fail",
  saw,
  affects,
  remedy,
});

/** The remedy of what the set-up writes into the policy, which it leaves alone where that is Qumulo's own. */
export function byPolicySetup(context: AuditContext, text: string, flags = ""): Remedy {
  if (context.dialect !== "qumulo") return bySetup(context, text, flags);
  const how =
    "The set-up leaves policies of Qumulo alone, which name its own users and no resources: have one set by " +
    'its administrator (docs.qumulo.com, "Managing access policies for S3 buckets").';
  return { text: how, by: "administrator" };
}

/** The remedy of what the set-up looks after. */
export function bySetup({ bucket }: AuditContext, text: string, flags = ""): Remedy {
  return { text, commands: [`sms-storage setup --bucket ${bucket}${flags}`], by: "you" };
}
