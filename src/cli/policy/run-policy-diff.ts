import { shellWord } from "../../core/shell-word.ts";
import type { StatementDocument } from "../../policy/compare-statements.ts";
import { diffPolicies, type StatementDifference } from "../../policy/diff-policies.ts";
import { isNestedDeeply } from "../../policy/nested-deeply.ts";
import { findRepeatedName } from "../../policy/repeated-name.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { type PolicySource, readPolicySource } from "./policy-source.ts";

/** Prints what two policies differ in by meaning; 8 where they do. `second` undefined: the bucket's and a file's. */
export async function diffPolicyFiles(
  context: CommandContext,
  one: string,
  other: string | undefined,
): Promise<number> {
  const { output } = context;
  const second = await readPolicySource(context, other ?? one);
  const bucket = second.bucket === undefined ? undefined : `s3://${second.bucket}`;
  const first = await readPolicySource(context, other === undefined ? bucket : one);
  const differences = diffPolicies(statementsOf(first), statementsOf(second));
  for (const difference of differences) {
    await output.result({ type: "policy-difference", ...difference }, textOf(context, difference));
  }
  const names = `${printable(first.name)} and ${printable(second.name)}`;
  const summary =
    differences.length === 0
      ? `${names} mean the same.`
      : `${names} differ in ${differences.length} statement${differences.length === 1 ? "" : "s"}.`;
  await output.result({ type: "summary", differs: differences.length }, summary);
  return differences.length === 0 ? exitCodes.ok : exitCodes.checkFailed;
}

function statementsOf({ name, text }: PolicySource): StatementDocument[] {
  const remedy = `See where: sms-storage policy lint ${shellWord(name)}`;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is not JSON.`, remedy);
  }
  if (isNestedDeeply(text))
    throw new UsageError(`${name} is nested deeper than any policy.`, remedy);
  const statement = (document as { readonly Statement?: unknown } | null)?.Statement;
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (statement === undefined || !list.every(isStatement)) {
    throw new UsageError(`${name} is no policy: it has no statements.`, remedy);
  }
  const repeated = findRepeatedName(text);
  if (repeated === undefined) return [...list];
  throw new UsageError(
    `${name} names ${JSON.stringify(repeated)} twice in one object, so that it means one thing to one reader and another to the next.`,
    remedy,
  );
}

function isStatement(value: unknown): value is StatementDocument {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf({ output }: CommandContext, difference: StatementDifference): string {
  const { state, name, first, second, elements } = difference;
  const shown = printable(name);
  if (state === "only-first") {
    return `${output.style("red", "-")} ${shown}: ${printable(JSON.stringify(first))}`;
  }
  if (state === "only-second") {
    return `${output.style("green", "+")} ${shown}: ${printable(JSON.stringify(second))}`;
  }
  const lines = elements.flatMap(({ element, removed, added }) => [
    ...removed.map((value) => `    ${output.style("red", "-")} ${element}: ${printable(value)}`),
    ...added.map((value) => `    ${output.style("green", "+")} ${element}: ${printable(value)}`),
  ]);
  return [`${output.style("yellow", "~")} ${shown}`, ...lines].join("\n");
}
