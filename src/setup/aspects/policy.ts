import type { OwnStatement } from "../../policy/merge.ts";
import { mergeStatements, type PolicyMerge, type StatementChange } from "../../policy/merge.ts";
import { canonicalStatement, type StatementDocument } from "../../policy/compare-statements.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { partitionOfRegion } from "../../core/partition.ts";
import type { Blocker, Change, Note } from "../aspect.ts";
import { checkPolicy } from "../check-policy.ts";
import { defineAspect, settingCalls, type Draft } from "../define-aspect.ts";
import type { DesiredState, PolicyWish } from "../desired-state.ts";
import { usesTls } from "../desired-state.ts";
import type { ObservedState } from "../observed-state.ts";
import { textsOf, withKnownArn } from "../known-role-arn.ts";
import { accessStatements, granteeOf, ownSids, tlsOnlyStatement } from "../policy-statements.ts";

/** The guide's step 5, merged into what is there: PutBucketPolicy replaces the whole document. */
export const policyAspect = defineAspect<string>({
  name: "policy",
  title: "Bucket policy",
  backup: true,
  unmanaged: ({ policy }) => policy === "unmanaged",
  ...settingCalls("policy"),
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
  wish: PolicyWish,
  current: string | undefined,
  observed: ObservedState,
): Draft<string> {
  const principals = observed.principals.map((principal) =>
    withKnownArn(principal, ownStatementsOf(current)),
  );
  const wanted = wantedStatements(desired, wish, { ...observed, principals });
  let merge: PolicyMerge;
  try {
    merge = mergeStatements(current, wanted.statements);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const blocker: Blocker = {
      code: "malformed",
      message: `The bucket's policy cannot be read: ${error.message}`,
      remedy: "Correct it by hand first; nothing of it is overwritten.",
    };
    return { document: undefined, changes: [], blockers: [blocker], summary: "cannot be read" };
  }
  const changes = merge.changes.flatMap((change) => describeChange(change));
  const checked =
    merge.text === undefined || changes.length === 0
      ? undefined
      : checkPolicy(merge.text, desired, observed);
  return {
    document: merge.text,
    changes,
    kept: merge.foreign.map(describeForeign),
    notes: [...wanted.notes, ...(checked?.notes ?? [])],
    blockers: checked?.blockers ?? [],
    summary:
      wanted.statements.map(({ Sid }) => Sid).join(", ") ||
      "nothing of what is wished can be put here",
    idle: wanted.statements.length > 0 || nothingWished(wish) ? undefined : "skipped",
  };
}

/** Those with our Sids; none of a text that cannot be read. */
function ownStatementsOf(policy: string | undefined): StatementDocument[] {
  const sids: readonly unknown[] = Object.values(ownSids);
  return statementsOf(policy).filter((statement) => sids.includes(statement["Sid"]));
}

function statementsOf(policy: string | undefined): readonly StatementDocument[] {
  try {
    return policy === undefined ? [] : mergeStatements(policy, []).foreign;
  } catch {
    return [];
  }
}

interface WantedStatements {
  readonly statements: readonly OwnStatement[];
  readonly notes: readonly Note[];
}

function wantedStatements(
  desired: DesiredState,
  wish: PolicyWish,
  observed: ObservedState,
): WantedStatements {
  const partition = observed.caller?.partition ?? partitionOfRegion(desired.region).id;
  const scope = { partition, bucket: desired.bucket };
  const access = wantedAccess(wish, observed, scope);
  if (!wish.tlsOnly) return access;
  if (usesTls(desired)) {
    return { ...access, statements: [...access.statements, tlsOnlyStatement(scope)] };
  }
  const text =
    `The TLS-only statement is left out: the endpoint ${desired.endpointUrl} is plain http,` +
    " and it would shut everybody out.";
  return { ...access, notes: [...access.notes, { level: "info", text }] };
}

function wantedAccess(
  wish: PolicyWish,
  observed: ObservedState,
  scope: { readonly partition: string; readonly bucket: string },
): WantedStatements {
  if (wish.access === "none") return { statements: [], notes: [] };
  if (observed.principals.length === 0) {
    const reason = observed.callerProblem ?? "nobody is named";
    return { statements: [], notes: [warning(`No access statement: ${reason}.`)] };
  }
  const notes = observed.principals.flatMap((principal) =>
    principal.problem === undefined ? [] : [warning(`${capital(principal.problem)}.`)],
  );
  const grantee = granteeOf(observed.principals, wish.form);
  if (grantee === undefined) {
    const isRoot = observed.principals.every(({ kind }) => kind === "root");
    const text = isRoot
      ? "No access statement: the account's root user needs none. Work with a role instead."
      : "No access statement: there is no role or user to name.";
    return { statements: [], notes: [...notes, warning(text)] };
  }
  if (wish.form === "role-arn" && grantee.Condition !== undefined) {
    notes.push(warning("The role's path is not known, so the policy names it by a pattern."));
  }
  const statements = accessStatements(scope, wish.access, grantee);
  return { statements, notes: [...notes, ...reachNotes(observed)] };
}

/** In one account either policy may allow; so an Allow adds nothing for those who may do all. */
function reachNotes(observed: ObservedState): Note[] {
  const admin = observed.principals.find(({ roleName }) => /administrator/i.test(roleName ?? ""));
  const notes: Note[] = [
    {
      level: "info",
      text: "An Allow restricts nobody else: other roles keep what their own policies give.",
    },
  ];
  if (admin !== undefined) {
    notes.push({
      level: "info",
      text: `${admin.roleName} by its name may do everything already; for it the Allow changes nothing.`,
    });
  }
  return notes;
}

const whys: Readonly<Record<string, string>> = {
  [ownSids.bucket]: "listing and large uploads ask for these on the bucket's ARN",
  [ownSids.objects]: "reading and writing files ask for these on the objects' ARN",
  [ownSids.tlsOnly]: "requests over plain http would show data and signatures on the way",
};

function describeChange(change: StatementChange): Change[] {
  if (change.kind === "same" || change.kind === "adopted") return [];
  const actions = { added: "add", replaced: "change", removed: "remove" } as const;
  return [
    {
      action: actions[change.kind],
      item: `Statement ${change.sid}`,
      before: change.before,
      after: change.after,
      why: whys[change.sid] ?? "no longer wished for",
      ...riskOf(change),
    },
  ];
}

function riskOf({ kind, sid, before, after }: StatementChange): { risk?: string } {
  if (sid === ownSids.tlsOnly) {
    return kind === "added" ? { risk: "clients that still use http:// are refused" } : {};
  }
  const left = new Set(namedArns(after));
  const losing = namedArns(before).filter((arn) => !left.has(arn));
  return losing.length === 0 ? {} : { risk: `${losing.join(", ")}: this Allow ends for them` };
}

function namedArns(statement: StatementDocument | undefined): string[] {
  return textsOf([statement?.["Principal"], statement?.["Condition"]]).filter((text) =>
    text.startsWith("arn:"),
  );
}

function describeForeign(statement: StatementDocument, index: number): string {
  const sid = statement["Sid"];
  return typeof sid === "string" ? `Statement ${sid}` : `Statement without Sid (${index + 1})`;
}

function nothingWished(wish: PolicyWish): boolean {
  return wish.access === "none" && !wish.tlsOnly;
}

function warning(text: string): Note {
  return { level: "warning", text };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
