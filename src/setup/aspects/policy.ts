import { mergeStatements, type PolicyMerge, type StatementChange } from "../../policy/merge.ts";
import { canonicalStatement, type StatementDocument } from "../../policy/compare-statements.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { Blocker, Change } from "../aspect.ts";
import { checkPolicy, type PolicyCheck } from "../check-policy.ts";
import { defineAspect, settingCalls, type Draft } from "../define-aspect.ts";
import type { DesiredState, PolicyWish } from "../desired-state.ts";
import type { ObservedState } from "../observed-state.ts";
import { textsOf } from "../known-role-arn.ts";
import { kmsNotes } from "../kms-notes.ts";
import { ownSids } from "../policy-statements.ts";
import { ownStatementsOf } from "../recall-policy.ts";
import { needsTlsTrial } from "../needs-tls-trial.ts";
import { putPolicy } from "../put-policy.ts";
import { wantedStatements, type WantedStatements } from "../wanted-statements.ts";

/** The guide's step 5, merged into what is there: PutBucketPolicy replaces the whole document. */
export const policyAspect = defineAspect<string>({
  name: "policy",
  title: "Bucket policy",
  backup: true,
  unmanaged: ({ policy }) => policy === "unmanaged",
  ...settingCalls("policy"),
  put: putPolicy,
  remove: ({ admin }, { bucket }) => admin.remove(bucket, "policy"),
  normalize: normalizePolicy,
  draft: (desired, current, observed) =>
    desired.policy === "unmanaged"
      ? { document: undefined, changes: [], summary: "" }
      : draftPolicy(desired, desired.policy, current, observed),
});

/** Statements as a set, each in its one spelling; a text that is no policy stands for itself. */
function normalizePolicy(text: string): unknown {
  try {
    const parsed = JSON.parse(text) as { Version?: unknown; Statement?: unknown };
    const list = Array.isArray(parsed.Statement) ? parsed.Statement : [parsed.Statement];
    const statements = list.map((entry) => {
      const statement = entry as StatementDocument;
      return `${String(statement["Sid"])} ${canonicalStatement(statement)}`;
    });
    return [parsed.Version ?? "2008-10-17", ...statements.sort()];
  } catch {
    return text;
  }
}

function draftPolicy(
  desired: DesiredState,
  wished: PolicyWish | "reset",
  current: string | undefined,
  observed: ObservedState,
): Draft<string> {
  const wish = wished === "reset" ? { access: "none" as const } : wished;
  const wanted =
    wished === "reset"
      ? {
          statements: [],
          retired: Object.values(ownSids),
          notes: [],
          isAllowedAlready: false,
          isAccessWished: false,
        }
      : wantedStatements(desired, wished, observed, ownStatementsOf(current));
  let merge: PolicyMerge;
  try {
    merge = mergeStatements(current, wanted.statements, wanted.retired);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const blocker: Blocker = {
      code: "malformed",
      message: `The bucket's policy cannot be read: ${error.message}`,
      remedy: "Correct it by hand first; nothing of it is overwritten.",
    };
    return { document: undefined, changes: [], blockers: [blocker], summary: "cannot be read" };
  }
  const changes = merge.changes.flatMap((change) =>
    describeChange(
      change,
      isTlsTried(desired, wish, observed)
        ? { onlyWhere: "a trial shows that the store sees TLS" }
        : {},
    ),
  );
  const checked = judge(merge.text, changes.length > 0, wanted, desired, observed);
  return {
    document: merge.text ?? null,
    changes,
    kept: merge.foreign.flatMap(describeForeign),
    notes: [
      ...wanted.notes,
      ...(wanted.statements.length > 0 || wanted.isAllowedAlready
        ? kmsNotes(desired, observed)
        : []),
      ...checked.notes,
    ],
    blockers: checked.blockers,
    summary: summaryOf(wanted, merge.foreign),
    idle:
      wanted.statements.length > 0 || wanted.isAllowedAlready || nothingWished(wish, wanted)
        ? undefined
        : "skipped",
  };
}

/** Nobody asked for the TLS-only statement, and no record says that it was there once. */
function isTlsTried(desired: DesiredState, wish: PolicyWish, { recorded }: ObservedState): boolean {
  const wasThere = recorded?.statements.some(({ Sid }) => Sid === ownSids.tlsOnly) ?? false;
  return wish.tlsOnly === undefined && !wasThere && needsTlsTrial(desired);
}

/**
 * What is written is judged whole. What is left as it is, because identity policies allow already, may
 * still keep those out for whom the bucket is set up: its Deny goes before any Allow.
 */
function judge(
  text: string | undefined,
  isWritten: boolean,
  { isAllowedAlready }: WantedStatements,
  desired: DesiredState,
  observed: ObservedState,
): PolicyCheck {
  if (text === undefined || !(isWritten || isAllowedAlready)) return { notes: [], blockers: [] };
  const checked = checkPolicy(text, desired, observed);
  if (isWritten) return checked;
  return { ...checked, blockers: checked.blockers.filter(({ code }) => code === "lock-out") };
}

/** Statements of ours that nobody spoke of stay, and are named. */
function summaryOf(
  { statements, isAllowedAlready }: WantedStatements,
  left: readonly StatementDocument[],
): string {
  const staying = left.map(({ Sid }) => Sid).filter((sid) => ownSidList.includes(sid));
  const sids = [...statements.map(({ Sid }) => Sid), ...staying.map(String)].join(", ");
  const without = "no Allow, since identity policies allow it already";
  if (isAllowedAlready) return sids === "" ? without : `${sids}; ${without}`;
  return sids || "no statement of ours";
}

const whys: Readonly<Record<string, string>> = {
  [ownSids.bucket]: "listing and large uploads ask for these on the bucket's ARN",
  [ownSids.objects]: "reading and writing files ask for these on the objects' ARN",
  [ownSids.minTls]: "older TLS has known weaknesses",
  [ownSids.guard]: "an Allow restricts nobody; only a Deny keeps everybody else out",
  [ownSids.tlsOnly]: "requests over plain http would show data and signatures on the way",
};

function describeChange(change: StatementChange, tlsOnly: Pick<Change, "onlyWhere">): Change[] {
  if (change.kind === "same" || change.kind === "adopted") return [];
  const actions = { added: "add", replaced: "change", removed: "remove" } as const;
  return [
    {
      action: actions[change.kind],
      item: `Statement ${change.sid}`,
      before: change.before,
      after: change.after,
      why: (change.kind === "removed" ? undefined : whys[change.sid]) ?? "no longer wished for",
      ...riskOf(change),
      ...(change.sid === ownSids.tlsOnly && change.kind === "added" && tlsOnly),
    },
  ];
}

function riskOf({ kind, sid, before, after }: StatementChange): { risk?: string } {
  if (sid === ownSids.guard) {
    return kind === "removed" ? {} : { risk: "whoever is not let in by it loses their access" };
  }
  if (sid === ownSids.tlsOnly || sid === ownSids.minTls) {
    if (kind === "removed") return { risk: `${refusedBy(sid)} is let in again` };
    return kind === "added" ? { risk: `clients that still use ${refusedBy(sid)} are refused` } : {};
  }
  const left = new Set(namedArns(after));
  const losing = namedArns(before).filter((arn) => !left.has(arn));
  return losing.length === 0 ? {} : { risk: `${losing.join(", ")}: this Allow ends for them` };
}

function refusedBy(sid: string): string {
  return sid === ownSids.minTls ? "older TLS" : "plain http";
}

function namedArns(statement: StatementDocument | undefined): string[] {
  return textsOf([statement?.["Principal"], statement?.["Condition"]]).filter((text) =>
    text.startsWith("arn:"),
  );
}

/** Statements of ours that were not asked for and stay are not called somebody else's. */
function describeForeign(statement: StatementDocument, index: number): string[] {
  const sid = statement["Sid"];
  if (ownSidList.includes(sid)) return [];
  return [typeof sid === "string" ? `Statement ${sid}` : `Statement without Sid (${index + 1})`];
}

const ownSidList: readonly unknown[] = Object.values(ownSids);

function nothingWished(
  { tlsOnly, guard }: PolicyWish,
  { isAccessWished }: WantedStatements,
): boolean {
  const isGuarded = guard === "account" || guard === "principals";
  return !isAccessWished && tlsOnly !== true && !isGuarded;
}
