import { parseStoredPolicy } from "../../policy/parse.ts";
import { describeStatement } from "../../policy/policy.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { statementWords } from "../../policy/describe-statement.ts";
import { isPublicStatement } from "../../policy/is-public.ts";
import { renderStatement } from "../../policy/render-statement.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { formatTable, printable } from "../format.ts";
import { readPolicySource } from "./policy-source.ts";

/** Prints a policy, statement by statement: who, what, on what, when. */
export async function showPolicy(
  context: CommandContext,
  place: string | undefined,
): Promise<void> {
  const { output } = context;
  const { text, bucket = "bucket" } = await readPolicySource(context, place);
  const { policy, unknown } = readOrExplain(text, bucket);
  for (const [index, statement] of policy.statements.entries()) {
    const { sid, effect } = statement;
    const words = statementWords(statement);
    const isPublic = isPublicStatement(statement);
    const head = describeStatement({ index, ...(sid !== undefined && { sid }) });
    const rows = (["who", "what", "on", "when"] as const).flatMap((name) =>
      words[name].map((line, number) => ["  ", number === 0 ? name : "", printable(line)]),
    );
    const color = effect === "Deny" ? "red" : "green";
    const note = isPublic ? `  ${output.style("yellow", "public")}` : "";
    await output.result(
      {
        type: "statement",
        index,
        ...words,
        isPublic,
        document: renderStatement(statement, { principals: true }),
      },
      `${output.style(color, effect)}  ${printable(head)}${note}\n${formatTable(rows)}`,
    );
  }
  for (const { statement, element, value } of unknown) {
    output.warn(`${describeStatement(statement)}: ${element} is not known here: ${value}`);
  }
}

function readOrExplain(text: string, bucket: string): ReturnType<typeof parseStoredPolicy> {
  try {
    return parseStoredPolicy(text, bucket);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new UsageError(
      `This is no policy: ${error.message}`,
      "See where: sms-storage policy lint",
    );
  }
}
