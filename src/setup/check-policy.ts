import { s3Limits } from "../core/limits.ts";
import { isPublicPolicy, isPublicStatement } from "../policy/is-public.ts";
import { type AskedPrincipal, findLockOuts, type LockOut } from "../policy/lock-out.ts";
import { parseStoredPolicy, type StoredPolicy } from "../policy/parse.ts";
import { isUniqueId } from "../policy/parse-principals.ts";
import { findRepeatedName } from "../policy/repeated-name.ts";
import { describeStatement, type Policy } from "../policy/policy.ts";
import type { UnknownPart } from "../policy/policy-reading.ts";
import { possibleArns } from "../policy/lasting-principal.ts";
import type { KnownPrincipal } from "../policy/request.ts";
import type { Blocker, Note } from "./aspect.ts";
import { checkOrganization } from "./check-organization.ts";
import { usesTls, type DesiredState } from "./desired-state.ts";
import type { ObservedCaller, ObservedState } from "./observed-state.ts";
import { reasonOf } from "../core/reading.ts";
import type { ResolvedPrincipal } from "./resolve-principals.ts";

/** Undefined for a document that cannot be read as a policy of this bucket. */
export function tryParsePolicy(text: string, bucket: string): Policy | undefined {
  try {
    return parseStoredPolicy(text, bucket).policy;
  } catch {
    return undefined;
  }
}

export interface PolicyCheck {
  readonly blockers: readonly Blocker[];
  readonly notes: readonly Note[];
}

/** What would go wrong with this whole document, other people's statements included. */
export function checkPolicy(
  text: string,
  desired: DesiredState,
  observed: ObservedState,
): PolicyCheck {
  if (Buffer.byteLength(text, "utf8") > s3Limits.policyBytes) {
    return blocked(
      "too-large",
      "The policy would have more than 20 KiB, S3's limit.",
      "Shorten it.",
    );
  }
  const repeated = findRepeatedName(text);
  if (repeated !== undefined) {
    return blocked(
      "malformed",
      `The policy names ${JSON.stringify(repeated)} twice in one object, so that it means one thing to one ` +
        "reader and another to the next; S3 refuses such a policy.",
      "Take one of the two out by hand first; nothing of it is overwritten.",
    );
  }
  let stored: StoredPolicy;
  try {
    stored = parseStoredPolicy(text, desired.bucket);
  } catch (error) {
    const doubt = `The policy could not be judged (${reasonOf(error)}); a lock-out would go unseen.`;
    return { blockers: [], notes: [{ level: "warning", text: doubt }] };
  }
  const { policy, unknown } = stored;
  const { caller } = observed;
  const asked = caller === undefined ? [] : knownPrincipals(caller, observed);
  const organization = checkOrganization(asked, desired, observed);
  const found = findAll(policy, asked, desired, observed);
  const blockers = [
    ...deadPrincipals(policy),
    ...publicStatements(policy, desired),
    ...lockOuts(found, organization.rootLacks),
    ...organization.blockers,
  ];
  return {
    blockers,
    notes: [
      ...unknown.map(unknownNote),
      ...sessionNotes(policy),
      ...possibleLockOuts(found),
      ...organization.notes,
    ],
  };
}

/** Stores know what is not known here, so this alone is no reason to stop. */
function unknownNote({ statement, element, value }: UnknownPart): Note {
  const part = element === "Statement" ? `cannot be read (${value})` : `has ${element} ${value}`;
  const text =
    `In the policy ${describeStatement(statement)} ${part}, which is not known here;` +
    " the rest was judged without it, so a lock-out by it would go unseen.";
  return { level: "warning", text };
}

function blocked(code: Blocker["code"], message: string, remedy: string): PolicyCheck {
  return { blockers: [{ code, message, remedy }], notes: [] };
}

/** S3 refuses a policy that names somebody who is gone, also when it gave that text out itself. */
function deadPrincipals(policy: Policy): Blocker[] {
  return policy.statements.flatMap((statement, index): Blocker[] => {
    const dead = statement.principals.entries.find((entry) => isUniqueId(entry.value));
    if (dead === undefined) return [];
    const where = describeStatement({ index, ...statement });
    return [
      {
        code: "dead-principal",
        message:
          `In the policy ${where} names ${dead.value}, a role or user that was deleted;` +
          " S3 refuses such a policy (Invalid principal in policy).",
        remedy: `Remove or correct ${where} first.`,
      },
    ];
  });
}

function publicStatements(policy: Policy, desired: DesiredState): Blocker[] {
  const block = desired.publicAccessBlock;
  if (typeof block === "string" || !block.BlockPublicPolicy || !isPublicPolicy(policy)) return [];
  const index = policy.statements.findIndex(isPublicStatement);
  const where = describeStatement({ index, ...policy.statements[index] });
  return [
    {
      code: "public-policy",
      message: `In the policy ${where} is public, and the public access block refuses to store it.`,
      remedy: `Narrow ${where} to accounts, roles or networks, or leave BlockPublicPolicy off.`,
    },
  ];
}

function findAll(
  policy: Policy,
  principals: readonly AskedPrincipal[],
  desired: DesiredState,
  { caller }: ObservedState,
): readonly LockOut[] {
  if (caller === undefined) return [];
  return findLockOuts(policy, {
    bucket: desired.bucket,
    partition: caller.partition,
    ownerAccountId: desired.ownerAccountId ?? caller.accountId,
    principals,
    context: new Map([
      ["aws:SecureTransport", String(usesTls(desired))],
      ["aws:PrincipalIsAWSService", "false"],
    ]),
  });
}

/** `rootLacks`: why not even the account's root user could repair it. */
function lockOuts(found: readonly LockOut[], rootLacks: string | undefined): Blocker[] {
  const forGood =
    rootLacks === undefined ? "" : `; nobody of the account could undo it: ${rootLacks}`;
  return found
    .filter(({ certain }) => certain)
    .map(({ message, action }) => ({
      code: "lock-out",
      message: `With this policy ${message}${action.endsWith("BucketPolicy") ? forGood : ""}.`,
      remedy: "Change that statement, or allow the lock-out expressly (--allow-lock-out).",
    }));
}

function possibleLockOuts(found: readonly LockOut[]): Note[] {
  return found
    .filter(({ certain }) => !certain)
    .map(({ message }) => ({ level: "warning", text: `With this policy ${message}.` }));
}

/** The caller, and the declared roles as a session of theirs would look. */
function knownPrincipals(
  caller: ObservedCaller,
  { principals }: ObservedState,
): [AskedPrincipal, ...AskedPrincipal[]] {
  const resolved = principals.flatMap((each) => askedOf(each));
  const known = resolved.find(({ arn }) => arn === caller.arn);
  const self = known ?? {
    kind: kindOf(caller.arn),
    accountId: caller.accountId,
    arn: caller.arn,
    principalArn: caller.arn,
    possibleArns: possibleArns(caller.arn),
  };
  return [{ ...self, userId: caller.userId }, ...resolved.filter(({ arn }) => arn !== caller.arn)];
}

/** Nobody for a principal that no request comes from: none, a whole account, and a name that stands for many. */
function askedOf(principal: ResolvedPrincipal): AskedPrincipal[] {
  const { asked, arn, kind, accountId, roleName, partition } = principal;
  if (kind === "user" && arn !== undefined) {
    return [{ kind, accountId, arn, principalArn: arn, userId: "" }];
  }
  if (kind !== "role" || roleName === undefined || /[*?]/.test(roleName)) return [];
  const session = asked.includes(":assumed-role/")
    ? asked
    : `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/any`;
  return [
    {
      kind: "assumed-role",
      accountId,
      arn: session,
      principalArn: arn ?? session,
      // Without a look at IAM its path is not known.
      possibleArns: arn === undefined ? possibleArns(session) : undefined,
      userId: "",
    },
  ];
}

function kindOf(arn: string): KnownPrincipal["kind"] {
  if (arn.endsWith(":root")) return "root";
  return arn.includes(":assumed-role/") ? "assumed-role" : "user";
}

/** The guide's own statement: one session name of one role. */
function sessionNotes(policy: Policy): Note[] {
  return policy.statements.flatMap((statement, index): Note[] => {
    const session = statement.principals.entries.find(({ value }) =>
      value.includes(":assumed-role/"),
    );
    if (statement.effect === "Deny" || session === undefined) return [];
    const where = describeStatement({ index, ...statement });
    const text =
      `In the policy ${where} names the session ${session.value}: it fits one person alone,` +
      " and neither boundary nor session policy limits it. Name the role instead and remove it.";
    return [{ level: "warning", text }];
  });
}
