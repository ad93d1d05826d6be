import { s3Limits } from "../core/limits.ts";
import { isPublicPolicy, isPublicStatement } from "../policy/is-public.ts";
import { type AskedPrincipal, findLockOuts } from "../policy/lock-out.ts";
import { parseStoredPolicy, type StoredPolicy } from "../policy/parse.ts";
import { isUniqueId } from "../policy/parse-principals.ts";
import { findRepeatedName } from "../policy/repeated-name.ts";
import { describeStatement, type Policy } from "../policy/policy.ts";
import type { UnknownPart } from "../policy/policy-reading.ts";
import { possibleArns } from "../policy/lasting-principal.ts";
import type { KnownPrincipal } from "../policy/request.ts";
import type { Blocker, Note } from "./aspect.ts";
import { usesTls, type DesiredState } from "./desired-state.ts";
import type { ObservedCaller, ObservedState } from "./observed-state.ts";
import { reasonOf } from "../core/reading.ts";

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
  const blockers = [
    ...deadPrincipals(policy),
    ...publicStatements(policy, desired),
    ...lockOuts(policy, desired, observed),
  ];
  return {
    blockers,
    notes: [
      ...unknown.map(unknownNote),
      ...sessionNotes(policy),
      ...possibleLockOuts(policy, desired, observed),
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

function findAll(policy: Policy, desired: DesiredState, observed: ObservedState) {
  const { caller } = observed;
  if (caller === undefined) return [];
  return findLockOuts(policy, {
    bucket: desired.bucket,
    partition: caller.partition,
    ownerAccountId: desired.ownerAccountId ?? caller.accountId,
    principals: knownPrincipals(caller, observed),
    context: new Map([
      ["aws:SecureTransport", String(usesTls(desired))],
      ["aws:PrincipalIsAWSService", "false"],
    ]),
  });
}

function lockOuts(policy: Policy, desired: DesiredState, observed: ObservedState): Blocker[] {
  return findAll(policy, desired, observed)
    .filter((found) => found.certain)
    .map((found) => ({
      code: "lock-out",
      message: `With this policy ${found.message}.`,
      remedy: "Change that statement, or allow the lock-out expressly.",
    }));
}

function possibleLockOuts(policy: Policy, desired: DesiredState, observed: ObservedState): Note[] {
  const messages = findAll(policy, desired, observed)
    .filter((found) => !found.certain)
    .map((found) => found.message);
  return messages.map((text) => ({ level: "warning", text: `With this policy ${text}.` }));
}

/** The caller, and the declared roles as a session of theirs would look. */
function knownPrincipals(caller: ObservedCaller, observed: ObservedState): AskedPrincipal[] {
  const resolved = observed.principals.flatMap(({ asked, arn, kind, accountId, roleName }) => {
    if (arn === undefined || kind === "unknown" || kind === "root") return [];
    const isRole = kind === "role";
    const session = arn.replace(/:iam:(.*):role\/.*$/, `:sts:$1:assumed-role/${roleName}/any`);
    return [
      {
        kind: isRole ? ("assumed-role" as const) : ("user" as const),
        accountId,
        arn: isRole ? (asked.includes(":assumed-role/") ? asked : session) : arn,
        principalArn: arn,
        userId: "",
      },
    ];
  });
  const known = resolved.find(({ arn }) => arn === caller.arn)?.principalArn;
  const self = {
    kind: kindOf(caller.arn),
    accountId: caller.accountId,
    arn: caller.arn,
    principalArn: known ?? caller.arn,
    possibleArns: known === undefined ? possibleArns(caller.arn) : undefined,
    userId: caller.userId,
  };
  return [self, ...resolved.filter(({ arn }) => arn !== caller.arn)];
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
