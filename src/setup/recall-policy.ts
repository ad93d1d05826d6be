import { canonicalStatement, type StatementDocument } from "../policy/compare-statements.ts";
import { isRolePattern } from "../policy/lasting-principal.ts";
import { mergeStatements } from "../policy/merge.ts";
import { isUniqueId } from "../policy/parse-principals.ts";
import type { AccessPreset } from "./desired-state.ts";
import { textsOf } from "./known-role-arn.ts";
import { coveringPreset, granteeOf, ownSids, type Grantee } from "./policy-statements.ts";
import { principalOfArn } from "./resolve-principals.ts";

/** What was wished when our statements were put, as far as they tell. */
export interface RecalledPolicy {
  /** `none`: a policy with a statement of ours, but none that gives access. */
  readonly access: AccessPreset | "none" | undefined;
  /** Undefined when it is in no form of ours, or names somebody who is gone. */
  readonly grantee: Grantee | undefined;
  readonly tlsOnly: boolean;
}

const ownSidList: readonly unknown[] = Object.values(ownSids);

/** Those with our Sids; none of a text that cannot be read. */
export function ownStatementsOf(policy: string | undefined): StatementDocument[] {
  try {
    const all = policy === undefined ? [] : mergeStatements(policy, []).foreign;
    return all.filter(({ Sid }) => ownSidList.includes(Sid));
  } catch {
    return [];
  }
}

/** Of statements of ours. Undefined: there is none. */
export function recallPolicy(statements: readonly StatementDocument[]): RecalledPolicy | undefined {
  const withSid = (sid: string) => statements.find((statement) => statement["Sid"] === sid);
  const onBucket = withSid(ownSids.bucket);
  const onObjects = withSid(ownSids.objects);
  const tlsOnly = withSid(ownSids.tlsOnly) !== undefined;
  const allow = onObjects ?? onBucket;
  if (allow === undefined) {
    return statements.length > 0 ? { access: "none", grantee: undefined, tlsOnly } : undefined;
  }
  return {
    access: coveringPreset(textsOf(onBucket?.["Action"]), textsOf(onObjects?.["Action"])),
    grantee: granteeIn(allow),
    tlsOnly,
  };
}

/** Only in the two forms that we write: a principal edited to `*` alone must not stay. */
function granteeIn(statement: StatementDocument): Grantee | undefined {
  const { Principal, Condition } = statement;
  if (statement["Effect"] !== "Allow") return undefined;
  const arns = arnsOf({ Principal });
  if (Condition === undefined) return arns.length > 0 ? { Principal } : undefined;
  const condition = Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const names = Object.entries(condition).map(([operator, keys]) => [
    operator,
    ...Object.keys(keys),
  ]);
  const isPattern =
    names
      .map((each) => each.join(" "))
      .sort()
      .join(", ") === "ArnLike aws:PrincipalArn, StringEquals aws:PrincipalAccount";
  const isEverybody = Principal === "*" || textsOf(Principal).join() === "*";
  return isPattern && isEverybody ? { Principal: "*", Condition } : undefined;
}

/** The ARNs by which somebody is named; none when one of them is gone or is no ARN. */
export function arnsOf({ Principal }: Pick<Grantee, "Principal">): readonly string[] {
  const isListed = typeof Principal === "object" && Principal !== null;
  const types = isListed ? Object.keys(Principal) : [];
  const texts = textsOf(Principal);
  if (types.join() !== "AWS" || texts.some((text) => isUniqueId(text))) return [];
  return texts.every((text) => text.startsWith("arn:")) ? texts : [];
}

/**
 * Whom patterns of ours name, as a wish with `stable` says it; undefined for patterns of others.
 */
export function stablePrincipalsOf(grantee: Grantee): readonly string[] | undefined {
  const condition = grantee.Condition as
    | Readonly<Record<string, Readonly<Record<string, unknown>>>>
    | undefined;
  const patterns = textsOf(condition?.["ArnLike"]?.["aws:PrincipalArn"]);
  const principals = patterns.filter((pattern) => {
    if (pattern.includes("/sso.amazonaws.com/*/")) return false;
    const anyPath = pattern.replace(/:role\/([^/]+)$/, ":role/*/$1");
    return anyPath === pattern || !patterns.includes(anyPath);
  });
  const isSaid = principals.every((arn) => !/[*?]/.test(arn) || isRolePattern(arn));
  if (!isSaid || principals.length === 0) return undefined;
  const again = granteeOf(principals.map(principalOfArn), "stable");
  return isSameGrantee(again, grantee) ? principals : undefined;
}

function isSameGrantee(one: Grantee | undefined, other: Grantee): boolean {
  return one !== undefined && canonicalStatement({ ...one }) === canonicalStatement({ ...other });
}

interface RecalledDenies {
  readonly guard: "account" | "principals" | undefined;
  readonly minTls: "1.2" | "1.3" | undefined;
}

/** Whom our guard lets in and which TLS is refused, where they are in the form that we write. */
export function recallDenies(statements: readonly StatementDocument[]): RecalledDenies {
  const valueOf = (sid: string, operator: string, key: string): unknown => {
    const condition = statements.find(({ Sid }) => Sid === sid)?.["Condition"];
    const operators = condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    return operators?.[operator]?.[key];
  };
  const ofAccount = valueOf(ownSids.guard, "StringNotEquals", "aws:PrincipalAccount");
  const ofPrincipals = valueOf(ownSids.guard, "ArnNotLike", "aws:PrincipalArn");
  const version = textsOf(valueOf(ownSids.minTls, "NumericLessThan", "s3:TlsVersion")).join();
  return {
    guard:
      ofAccount !== undefined ? "account" : ofPrincipals !== undefined ? "principals" : undefined,
    minTls: (["1.2", "1.3"] as const).find((each) => each === version),
  };
}
