import { partitionOfRegion } from "../../core/partition.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { remedyLines } from "../explain/remedy-text.ts";
import { printable } from "../format.ts";
import { type LintFinding, lintPolicy } from "./lint-policy.ts";
import { readPolicySource } from "./policy-source.ts";

const colors = {
  ERROR: "red",
  SECURITY_WARNING: "red",
  WARNING: "yellow",
  SUGGESTION: "cyan",
} as const;

/** Prints what is wrong with a policy; 8 where it is refused or unsafe. */
export async function runLint(context: CommandContext, place: string | undefined): Promise<number> {
  const { output } = context;
  const settings = await context.settings();
  const source = await readPolicySource(context, place);
  const { storageS3Region: region, storageS3EndpointUrl: endpointUrl } = settings;
  const partition =
    /"arn:(aws[a-z-]*):s3:::/.exec(source.text)?.[1] ?? partitionOfRegion(region).id;
  const findings = lintPolicy(source, { region, partition, endpointUrl });
  for (const finding of findings) {
    const text = findingText(context, source.name, finding);
    await output.result({ type: "policy-finding", source: source.name, ...finding }, text);
  }
  const failed = findings.filter(({ kind }) => kind === "ERROR" || kind === "SECURITY_WARNING");
  const summary = `${printable(source.name)}: ${findings.length} found, ${failed.length} of them errors or unsafe.`;
  await output.result({ type: "summary", found: findings.length, failed: failed.length }, summary);
  return failed.length > 0 ? exitCodes.checkFailed : exitCodes.ok;
}

function findingText({ output }: CommandContext, name: string, finding: LintFinding): string {
  const { kind, code, message, line, column, remedy } = finding;
  const where = line === undefined ? "" : `:${line}:${column}`;
  const head = `${printable(name)}${where}: ${output.style(colors[kind], kind)} ${code}: ${printable(message)}`;
  return [head, ...(remedy === undefined ? [] : remedyLines(output, remedy))].join("\n");
}
