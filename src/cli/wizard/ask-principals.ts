import type { CallerIdentity } from "../../core/bucket-admin.ts";
import { isStorageError } from "../../core/errors.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import { isRolePattern } from "../../policy/lasting-principal.ts";
import { resolvePrincipal } from "../../setup/resolve-principals.ts";
import { textsOf } from "../../setup/known-role-arn.ts";
import type { Grantee } from "../../setup/policy-statements.ts";
import { arnsOf, stablePrincipalsOf } from "../../setup/recall-policy.ts";
import type { BucketInterview, Interview } from "./ask-set-up.ts";
import { BadAnswer } from "./questions.ts";

type Whom = { readonly principal?: readonly string[]; readonly principalForm?: string };

/**
 * As the options name them, `none`, or nothing: who has access keeps it. Each is looked up at once.
 */
export async function askPrincipals(interview: BucketInterview): Promise<Whom | "none"> {
  const { questions, caller, has } = interview;
  if (caller === undefined) {
    interview.say("The store does not say who you are, so nobody is named in a policy.");
    return "none";
  }
  const { grantee } = has.policy ?? {};
  const policy = interview.filed?.wish.policy;
  const wished = typeof policy === "object" ? [policy.principals ?? []].flat().join(", ") : "";
  const now = [
    ...(grantee === undefined ? [] : [`Its policy names ${namesIn(grantee)}.`]),
    ...(wished === "" ? [] : [`${interview.filed?.file} names ${wished}.`]),
  ];
  const keep = grantee === undefined ? "" : "keep, ";
  return questions.ask({
    text: [
      `You are ${caller.arn}.`,
      ...now,
      `Who may use the bucket? Roles by name or ARN, users by ARN, ${keep}caller or none`,
    ].join("\n"),
    usual: usualAnswer(interview),
    read: async (answer) => {
      if (answer === "none") return "none";
      if (answer === "keep" && grantee !== undefined) return keptPrincipals(interview, grantee);
      const names = answer.split(/[\s,]+/).filter((name) => name !== "");
      if (names.length > setupLimits.principals) {
        throw new BadAnswer(`These are more than ${setupLimits.principals}.`);
      }
      const arns: string[] = [];
      for (const name of names) arns.push(await arnOf(interview, name));
      const principal = [...new Set(arns)];
      return { principal, ...(arns.some(isRolePattern) && { principalForm: "stable" }) };
    },
  });
}

function usualAnswer({ has, filed }: BucketInterview): string {
  const policy = filed?.wish.policy;
  const wished = typeof policy === "object" ? policy : {};
  if (wished.access === "none") return "none";
  if (wished.principals !== undefined) return [wished.principals].flat().join(" ");
  if (has.policy?.grantee !== undefined) return "keep";
  return wished.access === undefined && has.policy?.access === "none" ? "none" : "caller";
}

/** By ARN, or by the patterns of a condition. */
function namesIn(grantee: Grantee): string {
  const arns = arnsOf(grantee);
  if (arns.length > 0) return arns.join(", ");
  const condition = grantee.Condition as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  return textsOf(condition["ArnLike"]?.["aws:PrincipalArn"]).join(", ");
}

/** By name or by the set-up's own patterns, so that the file and the command that do the same say it. */
function keptPrincipals({ say }: BucketInterview, grantee: Grantee): Whom {
  const arns = arnsOf(grantee);
  if (arns.length === 0) {
    const principal = stablePrincipalsOf(grantee);
    if (principal !== undefined) return { principal, principalForm: "stable" };
    say(
      "  It names them by a pattern, which a file cannot say: another bucket would name the caller.",
    );
    return {};
  }
  const isSession = arns.some((arn) => arn.includes(":assumed-role/"));
  return { principal: arns, principalForm: isSession ? "session" : "role-arn" };
}

async function callersArn({ admin, say }: Interview, caller: CallerIdentity): Promise<string> {
  const { arn, problem, kind } = await resolvePrincipal(admin, caller);
  if (problem !== undefined) say(`  ${problem}`);
  if (kind === "root") throw new BadAnswer("You are the account's root user; name a role.");
  if (arn !== undefined) say(`  ${arn}`);
  return arn ?? caller.arn;
}

async function arnOf(interview: Interview, name: string): Promise<string> {
  const { admin, caller, say } = interview;
  if (caller === undefined) throw new BadAnswer("The store does not say who you are.");
  if (name === "caller") return callersArn(interview, caller);
  const account = caller.arn.split(":").slice(0, 2).join(":");
  const asked = /^[\w+=.@-]{1,64}$/.test(name)
    ? `${account}:sts::${caller.accountId}:assumed-role/${name}/any`
    : name;
  const { kind, roleName, accountId } = await resolvePrincipal(admin, { arn: asked });
  if (kind === "unknown" || kind === "root") {
    throw new BadAnswer(`${JSON.stringify(name)} is no role, user or session.`);
  }
  // IAM answers for the caller's own account alone.
  const isOthers = roleName === undefined || accountId !== caller.accountId;
  if (isOthers || isRolePattern(name)) return name;
  return roleArn(admin, { roleName, name, say });
}

interface AskedRole {
  readonly roleName: string;
  readonly name: string;
  readonly say: Interview["say"];
}

async function roleArn(
  admin: Interview["admin"],
  { roleName, name, say }: AskedRole,
): Promise<string> {
  try {
    const role = await admin.getRole(roleName);
    if (role === undefined) throw new BadAnswer(`IAM knows no role ${roleName}.`);
    if (name.includes(":role/") && name !== role.arn) {
      throw new BadAnswer(`The role ${roleName} is ${role.arn}.`);
    }
    say(`  ${role.arn}`);
    return role.arn;
  } catch (error) {
    if (!isStorageError(error, "PermissionDenied", "NotSupported")) throw error;
    if (!name.includes(":")) {
      throw new BadAnswer(`The role ${roleName} may not be looked up; give its ARN.`);
    }
    say(`  ${roleName} may not be looked up, so it is taken as it is named.`);
    return name;
  }
}
