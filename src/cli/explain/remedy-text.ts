import type { Remedy, RemedyBy } from "../../checks/finding.ts";
import { printable, printableLines } from "../format.ts";
import type { Output } from "../output.ts";

const byNotes: Readonly<Record<RemedyBy, string>> = {
  you: "",
  administrator: " (for an administrator of the account)",
  organization: " (for the organisation)",
};

/** What to do, indented, its commands and statements ready to be pasted. */
export function remedyLines(output: Output, remedy: Remedy): string[] {
  const lines = [`    next: ${printable(output.inOwnWords(remedy.text))}${byNotes[remedy.by]}`];
  for (const command of remedy.commands ?? []) {
    lines.push(`      ${printableLines(output.inOwnWords(command))}`);
  }
  for (const statement of remedy.statements ?? []) {
    lines.push(`      ${printable(JSON.stringify(statement))}`);
  }
  return lines;
}
