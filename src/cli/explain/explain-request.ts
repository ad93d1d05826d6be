import {
  type AccessExplanation,
  type DecidingStatement,
  explainAccess,
  type Pass,
} from "../../checks/explain/explain-access.ts";
import type { AccessWish } from "../../checks/explain/gather-access.ts";
import { observeAccess } from "../../open/explain-session.ts";
import { layerWords } from "../../policy/denial-message.ts";
import type { Settings } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import type { Output } from "../output.ts";
import { storeListener } from "../store-listener.ts";
import { remedyLines } from "./remedy-text.ts";

/** Reads the policies, prints what they say, and answers the exit code. */
export async function explainRequest(
  context: CommandContext,
  settings: Settings,
  wish: AccessWish,
  owner: string | undefined,
): Promise<number> {
  const { onEvent, onExchange } = storeListener(context, settings);
  const listener = { onEvent, ...(onExchange !== undefined && { onExchange }) };
  const { facts, place } = await observeAccess({ settings, wish, owner, listener });
  const explanation = explainAccess(wish, facts, place);
  await context.output.result(
    { type: "access", ...explanation },
    explanationText(context.output, explanation),
  );
  if (explanation.outcome === "allowed") return exitCodes.ok;
  return explanation.outcome === "unknown" ? exitCodes.notKnown : exitCodes.denied;
}

const heads = {
  allowed: ["green", "✔ allowed"],
  explicitDeny: ["red", "✘ denied by a Deny"],
  implicitDeny: ["red", "✘ denied, for nothing allows it"],
  unknown: ["yellow", "? not known"],
} as const;

function explanationText(output: Output, explanation: AccessExplanation): string {
  const { outcome, principal, action, resource, passes, unseen, assumed, changes } = explanation;
  const [color, head] = heads[outcome];
  return [
    `${output.style(color, head)}: ${printable(`${action} on ${resource} by ${principal}`)}`,
    ...passes.flatMap(passLines),
    ...unseen.map(({ what, reason }) => `    not visible: ${printable(`${what}: ${reason}`)}`),
    ...assumed.map((text) => `    assumed: ${printable(text)}`),
    ...changes.flatMap((remedy) => remedyLines(output, remedy)),
  ].join("\n");
}

function passLines(pass: Pass): string[] {
  const { action, outcome, layer, decided, open, nearestMiss } = pass;
  const lines = [`    ${action}: ${outcomeWords(outcome, layer, pass.resource)}`];
  for (const statement of decided) lines.push(...statementLines(statement, ""));
  for (const statement of open) lines.push(...statementLines(statement, "may fit: "));
  if (nearestMiss !== undefined) {
    const { policy, statement, failed } = nearestMiss;
    lines.push(`      nearest: ${printable(`${statement} of ${policy}`)}`);
    for (const { element, detail } of failed)
      lines.push(`        ${element}: ${printable(detail)}`);
  }
  return lines;
}

function statementLines(statement: DecidingStatement, mark: string): string[] {
  const { effect, conditions, openKeys } = statement;
  const where = `${statement.statement} of ${statement.policy}`;
  const hangs = openKeys === undefined ? "" : `; give --context ${openKeys.join(", ")}`;
  return [
    `      ${mark}${effect}: ${printable(where)}${printable(hangs)}`,
    ...conditions.map((text) => `        ${printable(text)}`),
  ];
}

function outcomeWords(outcome: Pass["outcome"], layer: Pass["layer"], resource: string): string {
  const isKey = resource.includes(":kms:");
  if (outcome === "allowed") return "allowed";
  if (outcome === "unknown") return "what is not known decides";
  if (layer === undefined) return "denied";
  if (layer === "public-access-block") return "RestrictPublicBuckets keeps others out";
  const words = layer === "resource" && isKey ? "key policy" : layerWords[layer];
  return outcome === "explicitDeny" ? `denied by a ${words}` : `no ${words} allows it`;
}
