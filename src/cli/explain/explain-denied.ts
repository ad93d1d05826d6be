import { adviseDenial } from "../../checks/explain/advise-denial.ts";
import { parseDenial } from "../../policy/parse-denial.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { remedyLines } from "./remedy-text.ts";

/** Says what a text of AccessDenied means. Throws UsageError for a text that is none. */
export async function explainDenied({ output }: CommandContext, text: string): Promise<void> {
  const denial = parseDenial(text);
  if (denial === undefined) {
    throw new UsageError(
      "This is no text of AccessDenied.",
      "Give the whole message in quotes, as the tool printed it, or - and the text on standard input.",
    );
  }
  const { says, remedy } = adviseDenial(denial);
  const facts = [
    ["caller", denial.principal],
    ["action", denial.action],
    ["resource", denial.resource],
    ["policy", denial.policyArn],
    ["authorization id", denial.authorizationId],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`    ${name}: ${printable(value)}`]));
  const lines = [printable(says), ...facts, ...remedyLines(output, remedy)];
  await output.result({ type: "denial", ...denial, says, remedy }, lines.join("\n"));
}
