import { isStorageError } from "../../core/errors.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import { resolvePrincipal } from "../../setup/resolve-principals.ts";
import type { Interview } from "./ask-set-up.ts";
import { BadAnswer } from "./questions.ts";

/** ARNs, `caller` where the caller's own is not known, or `none`. Each is looked up at once. */
export async function askPrincipals(interview: Interview): Promise<readonly string[] | "none"> {
  const { questions, caller } = interview;
  if (caller === undefined) {
    interview.say("The store does not say who you are, so nobody is named in a policy.");
    return "none";
  }
  return questions.ask({
    text:
      `You are ${caller.arn}.\n` +
      "Who may use the bucket? Roles by name or ARN, users by ARN, caller or none",
    usual: "caller",
    read: async (answer) => {
      if (answer === "none") return "none";
      const names = answer.split(/[\s,]+/).filter((name) => name !== "");
      if (names.length > setupLimits.principals) {
        throw new BadAnswer(`These are more than ${setupLimits.principals}.`);
      }
      const arns: string[] = [];
      for (const name of names) arns.push(await arnOf(interview, name));
      return [...new Set(arns)];
    },
  });
}

async function arnOf({ admin, caller, say }: Interview, name: string): Promise<string> {
  if (caller === undefined) throw new BadAnswer("The store does not say who you are.");
  if (name === "caller") {
    const { arn, problem, kind } = await resolvePrincipal(admin, caller);
    if (problem !== undefined) say(`  ${problem}`);
    if (kind === "root") throw new BadAnswer("You are the account's root user; name a role.");
    if (arn !== undefined) say(`  ${arn}`);
    return arn ?? caller.arn;
  }
  const account = caller.arn.split(":").slice(0, 2).join(":");
  const asked = /^[\w+=.@-]{1,64}$/.test(name)
    ? `${account}:sts::${caller.accountId}:assumed-role/${name}/any`
    : name;
  const { kind, roleName, accountId } = await resolvePrincipal(admin, { arn: asked });
  if (kind === "unknown" || kind === "root") {
    throw new BadAnswer(`${JSON.stringify(name)} is no role, user or session.`);
  }
  // IAM answers for the caller's own account alone.
  if (roleName === undefined || accountId !== caller.accountId) return name;
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
