import { partitionOfRegion } from "../core/partition.ts";
import type { StatementDocument } from "../policy/compare-statements.ts";
import type { OwnStatement } from "../policy/merge.ts";
import type { Note } from "./aspect.ts";
import {
  isAws,
  usesTls,
  type AccessPreset,
  type DesiredState,
  type PolicyWish,
} from "./desired-state.ts";
import { textsOf, withKnownArn } from "./known-role-arn.ts";
import type { ObservedState } from "./observed-state.ts";
import {
  accessStatements,
  granteeOf,
  minTlsStatement,
  ownSids,
  tlsOnlyStatement,
  usualAccess,
  type Grantee,
  type StatementScope,
} from "./policy-statements.ts";
import { arnsOf, recallPolicy, type RecalledPolicy } from "./recall-policy.ts";
import { needsTlsTrial } from "./needs-tls-trial.ts";
import { wantedGuard } from "./wanted-guard.ts";
import { principalOfArn, type ResolvedPrincipal } from "./resolve-principals.ts";

export interface WantedStatements {
  readonly statements: readonly OwnStatement[];
  /** The access that was wished for is there without a statement. */
  readonly isAllowedAlready: boolean;
  /** Access for somebody is wished for; not so where the statements that are there tell of none. */
  readonly isAccessWished: boolean;
  /** Sids of ours that are to go. */
  readonly retired: readonly string[];
  readonly notes: readonly Note[];
}

/** Our statements as wished; what was not said is as recorded, else as those of ours that were `found`. */
export function wantedStatements(
  desired: DesiredState,
  wish: PolicyWish,
  observed: ObservedState,
  found: readonly StatementDocument[],
): WantedStatements {
  const recorded = observed.recorded?.statements ?? [];
  const own = [
    ...recorded,
    ...found.filter(({ Sid }) => recorded.every((each) => each["Sid"] !== Sid)),
  ];
  const partition = observed.caller?.partition ?? partitionOfRegion(desired.region).id;
  const scope = { partition, bucket: desired.bucket };
  const recalled = recallPolicy(own);
  const access = wantedAccess({
    wish,
    observed,
    scope,
    isTried: needsTlsTrial(desired),
    recalled,
    own,
  });
  const tls = wantedTls(desired, wish, recalled);
  const guard = wantedGuard(desired, wish, observed, { scope, recalled });
  return {
    statements: [
      ...access.statements,
      ...(tls.isWanted ? [tlsOnlyStatement(scope)] : []),
      ...(wish.minTls === undefined
        ? recordedOf(recorded, ownSids.minTls)
        : [minTlsStatement(scope, wish.minTls)]),
      ...(wish.guard === undefined ? recordedOf(recorded, ownSids.guard) : guard.statements),
    ],
    isAllowedAlready: access.isAllowedAlready === true,
    isAccessWished: accessOf(wish, recalled) !== "none",
    retired: [...(wish.tlsOnly === false ? [ownSids.tlsOnly] : []), ...guard.retired],
    notes: [
      ...access.notes,
      ...foreignAccounts(access.statements, desired, observed),
      ...tls.notes,
      ...guard.notes,
    ],
  };
}

function recordedOf(recorded: readonly StatementDocument[], sid: string): readonly OwnStatement[] {
  return recorded.filter((each): each is OwnStatement => each["Sid"] === sid);
}

interface AccessQuestion {
  readonly wish: PolicyWish;
  readonly observed: ObservedState;
  readonly scope: StatementScope;
  /** Whether a trial decides on the TLS-only statement. */
  readonly isTried: boolean;
  readonly recalled: RecalledPolicy | undefined;
  readonly own: readonly StatementDocument[];
}

interface WantedAccess {
  readonly statements: readonly OwnStatement[];
  /** Default false. */
  readonly isAllowedAlready?: boolean;
  readonly notes: readonly Note[];
}

const nothing: WantedAccess = { statements: [], notes: [] };

function wantedAccess(question: AccessQuestion): WantedAccess {
  const { wish, scope, recalled } = question;
  const access = accessOf(wish, recalled);
  if (access === "none") return nothing;
  if (!asksForSomebody(wish) && recalled?.grantee !== undefined) {
    return {
      statements: accessStatements(scope, access, recalled.grantee),
      notes: keptNotes(recalled.grantee, question),
    };
  }
  const { grantee, ...chosen } = chosenGrantee(question, access);
  const { notes } = chosen;
  if (grantee === undefined) return { statements: [], ...chosen };
  return { statements: accessStatements(scope, access, grantee), notes };
}

function accessOf(wish: PolicyWish, recalled: RecalledPolicy | undefined): AccessPreset | "none" {
  if (wish.access !== undefined) return wish.access;
  if (recalled === undefined) return wish.accessIfUnset ?? usualAccess;
  if (recalled.access === "none" && asksForSomebody(wish)) return usualAccess;
  return recalled.access ?? usualAccess;
}

function asksForSomebody({ principals, form }: PolicyWish): boolean {
  return principals !== undefined || form !== undefined;
}

/**
 * When no principals were given, those who have access keep it; the caller is told when they are
 * not among them.
 */
function keptNotes(grantee: Grantee, { observed }: AccessQuestion): Note[] {
  const arns = arnsOf(grantee);
  const callers = observed.principals.map(({ arn }) => arn);
  if (arns.length === 0 || callers.length === 0) return reachNotes(observed);
  if (arns.some((arn) => callers.includes(arn))) return reachNotes(observed);
  const text = `Access stays with ${arns.join(", ")}; name principals to give it to somebody else.`;
  return [{ level: "info", text }];
}

function chosenGrantee(
  { wish, observed, recalled, own, isTried }: AccessQuestion,
  access: AccessPreset,
): {
  readonly grantee: Grantee | undefined;
  readonly notes: readonly Note[];
  readonly isAllowedAlready?: boolean;
} {
  const named = namedBefore(wish, recalled);
  const all = named.length > 0 ? named : observed.principals.map((each) => withKnownArn(each, own));
  if (all.length === 0) {
    const reason = observed.callerProblem ?? "nobody is named";
    return { grantee: undefined, notes: [warning(`No access statement: ${reason}.`)] };
  }
  const notes = all.flatMap((principal) => [
    ...principalNotes(principal, observed),
    ...(isTried ? [] : ownAccessNotes(principal, access)),
  ]);
  // Who stands in our statements already stays there: what was put is not taken back for want of effect.
  // Where a trial decides on TLS, our statements are how a later run knows what it showed.
  const before = new Set(own.flatMap(textsOf));
  const principals = all.filter(
    (each) => !mayAlready(each, access) || before.has(each.arn ?? "") || isTried,
  );
  if (principals.length === 0) return { grantee: undefined, notes, isAllowedAlready: true };
  const form = wish.form ?? "role-arn";
  const grantee = granteeOf(principals, form);
  if (grantee === undefined) {
    const text = "No access statement: there is no role or user to name.";
    return { grantee, notes: [...notes, warning(text)] };
  }
  if (form === "role-arn" && grantee.Condition !== undefined) {
    notes.push(warning("The role's path is not known, so the policy names it by a pattern."));
  }
  return { grantee, notes: [...notes, ...reachNotes(observed)] };
}

/** Why somebody who was named gets nothing, or not as it was asked. */
function principalNotes(
  { kind, problem, asked, accountId }: ResolvedPrincipal,
  observed: ObservedState,
): Note[] {
  if (problem !== undefined) return [warning(`${capital(problem)}.`)];
  if (kind !== "root") return [];
  const text =
    accountId === observed.caller?.accountId
      ? "The account's root user needs no Allow and gets none. Work with a role instead."
      : `${asked} is a whole account of strangers and gets no access; name a role or user of it.`;
  return [warning(text)];
}

/** When only the form changes, the new form names those who have access already. */
function namedBefore(
  { principals, form }: PolicyWish,
  recalled: RecalledPolicy | undefined,
): ResolvedPrincipal[] {
  if (principals !== undefined || form === undefined || recalled?.grantee === undefined) return [];
  return arnsOf(recalled.grantee).map(principalOfArn);
}

/** In one account either policy may allow; so an Allow adds nothing for those who may do all. */
function mayAlready({ own }: ResolvedPrincipal, access: AccessPreset): boolean {
  return own?.answer === "all" && own.preset === access;
}

function ownAccessNotes(principal: ResolvedPrincipal, access: AccessPreset): Note[] {
  const { own, roleName, asked } = principal;
  const name = roleName ?? asked;
  if (own === undefined || own.preset !== access || own.answer === "not-all") return [];
  const text =
    own.answer === "all"
      ? `An Allow for ${name} has no effect, so none is put: ` +
        `${own.by} shows that its identity policy allows all of ${access} already.`
      : `Whether ${name} may do all of ${access} by its identity policy already is not known: ` +
        `${own.reason}.`;
  return [{ level: "info", text }];
}

function reachNotes(observed: ObservedState): Note[] {
  const notes: Note[] = [
    {
      level: "info",
      text: "An Allow restricts nobody else: other roles keep what their own policies give.",
    },
  ];
  for (const { own, roleName, asked } of observed.principals) {
    if (own?.answer !== "all") continue;
    const text =
      `For ${roleName ?? asked} the Allow changes nothing: ` +
      `${own.by} shows that its identity policy allows all of ${own.preset} already.`;
    notes.push({ level: "info", text });
  }
  return notes;
}

/** A mistyped account id gives strangers access. */
function foreignAccounts(
  statements: readonly OwnStatement[],
  desired: DesiredState,
  observed: ObservedState,
): Note[] {
  const owner = desired.ownerAccountId ?? observed.caller?.accountId;
  if (owner === undefined) return [];
  const texts = statements.flatMap(({ Principal, Condition }) =>
    accountsOf({ Principal, Condition }),
  );
  return [...new Set(texts)]
    .filter((account) => account !== owner)
    .map((account) =>
      warning(
        `Somebody of another account gets access: ${account}; the bucket is to belong to ${owner}.` +
          " Their own account must allow it too.",
      ),
    );
}

function accountsOf(grantee: Grantee): string[] {
  const text = JSON.stringify(grantee);
  return [...text.matchAll(/(?::(?:iam|sts)::|")(\d{12})[":]/g)].map(([, account = ""]) => account);
}

function wantedTls(
  desired: DesiredState,
  wish: PolicyWish,
  recalled: RecalledPolicy | undefined,
): { readonly isWanted: boolean; readonly notes: readonly Note[] } {
  const isThere = recalled?.tlsOnly === true;
  if (wish.tlsOnly !== undefined) return { isWanted: wish.tlsOnly, notes: [] };
  if (isThere) return { isWanted: true, notes: [] };
  if (!usesTls(desired)) {
    const text =
      `The TLS-only statement is left out: the endpoint ${desired.endpointUrl} is plain http,` +
      " and it would shut everybody out.";
    return { isWanted: false, notes: [{ level: "info", text }] };
  }
  if (recalled === undefined) {
    const text =
      "The TLS-only statement is put only if a harmless read shows that the store sees TLS itself," +
      " and not a proxy before it.";
    return { isWanted: true, notes: isAws(desired) ? [] : [{ level: "info", text }] };
  }
  const text = "Plain http is not refused, as it was set up; ask for TLS only to have it refused.";
  return { isWanted: false, notes: [warning(text)] };
}

function warning(text: string): Note {
  return { level: "warning", text };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
