import { serverLimits } from "../../core/limits.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicy } from "../../policy/parse.ts";
import type { BucketPolicies } from "../bucket-policies.ts";
import { qumuloFacts } from "./qumulo-facts.ts";
import { refuse } from "./refuse.ts";

/** One statement of a bucket policy of Qumulo's. It has no resources: it is about the whole bucket. */
interface QumuloStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly principals: readonly string[];
}

/** Reads `{"Statements": [{"Effect", "Action", "Principal": {"Qumulo": [...]}}]}`. Throws S3Error MalformedPolicy. */
export function parseQumuloPolicy(text: string): readonly QumuloStatement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed("It is no JSON.");
  }
  if (!isRecord(document)) throw malformed("It is no object.");
  if ("Statement" in document) {
    throw malformed('It has "Statement", as AWS writes it; Qumulo\'s word is "Statements".');
  }
  const statements = document["Statements"];
  if (!Array.isArray(statements)) throw malformed('It has no list "Statements".');
  return statements.map((statement, index) => parseStatement(statement, index + 1));
}

function parseStatement(statement: unknown, number: number): QumuloStatement {
  const fail = (why: string) => malformed(`Statement ${number} ${why}.`);
  if (!isRecord(statement)) throw fail("is no object");
  for (const name of Object.keys(statement)) {
    if (!fields.has(name)) throw fail(`has ${name}, which Qumulo's policies do not know`);
  }
  const { Effect, Action, Principal } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw fail('has no Effect "Allow" or "Deny"');
  const actions = textsOf(Action);
  if (actions === undefined) throw fail("has no Action");
  const principals = isRecord(Principal) ? textsOf(Principal["Qumulo"]) : undefined;
  if (principals === undefined) throw fail('has no Principal {"Qumulo": [...]}');
  return { Effect, Action: actions, principals };
}

const fields = new Set(["Sid", "Index", "Effect", "Action", "Principal"]);

function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  const fits =
    Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string");
  return fits ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(why: string) {
  return refuse(qumuloFacts.policyLanguage.reaction, `The bucket policy cannot be read. ${why}`);
}

/** Policies of Qumulo's as AWS's evaluator judges them. */
export function createQumuloPolicies(): BucketPolicies {
  const kept = new Map<string, { readonly text: string; readonly policy: CompiledPolicy }>();
  return {
    of: ({ name, settings, ownerAccountId }) => {
      const text = settings.policy;
      if (text === undefined) return undefined;
      const known = kept.get(name);
      if (known?.text === text) return known.policy;
      if (kept.size >= serverLimits.compiledPolicies) kept.clear();
      const policy = compilePolicy(
        parseStoredPolicy(asAwsPolicy(parseQumuloPolicy(text), name, ownerAccountId), name).policy,
      );
      kept.set(name, { text, policy });
      return policy;
    },
  };
}

function asAwsPolicy(
  statements: readonly QumuloStatement[],
  bucket: string,
  accountId: string,
): string {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const Statement = statements.flatMap(({ Effect, Action, principals }) =>
    principals.map((name) => ({ Effect, Action, Resource, ...principalOf(name, accountId) })),
  );
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Everyone and Guest include who does not sign; any other name is a user's of the bucket's account. */
function principalOf(name: string, accountId: string) {
  const local = name.replace(/^local:/i, "");
  switch (local.toLowerCase()) {
    case "everyone":
      return { Principal: "*" };
    case "guest":
      return {
        Principal: "*",
        Condition: { StringEquals: { "aws:PrincipalType": "Anonymous" } },
      };
    case "authenticated users":
      return { Principal: { AWS: accountId } };
    default:
      return { Principal: { AWS: `arn:aws:iam::${accountId}:user/${local}` } };
  }
}
