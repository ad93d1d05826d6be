import type { Command } from "commander";
import { Selection, type SelectionRule } from "../transfer/selection/selection.ts";
import { transferLimits } from "../core/limits.ts";
import { UsageError } from "./exit-codes.ts";
import { textOption, type OptionValues } from "./option-values.ts";
import { parseSize } from "./parse-size.ts";
import { parseTime } from "./parse-time.ts";

/** The options by which commands select files and objects; read back by `readSelection`. */
export function selectionOptions(command: Command): Command {
  // One list for both, since their order decides.
  const rules: SelectionRule[] = [];
  const collect = (kind: SelectionRule["kind"]) => (pattern: string) => {
    rules.push({ kind, pattern });
    return rules;
  };
  return command
    .option(
      "--include <pattern>",
      "take what fits, such as '*.tsv'; may be given often",
      collect("include"),
    )
    .option(
      "--exclude <pattern>",
      "leave out what fits; of includes and excludes the last one that fits decides",
      collect("exclude"),
    )
    .option("--newer-than <time>", "changed after a time or within 12h, 7d, 4w, ...")
    .option("--older-than <time>", "changed before a time or longer ago than 12h, 7d, ...")
    .option("--larger-than <size>", "of more bytes than 10MiB, ...")
    .option("--smaller-than <size>", "of fewer bytes than 10MiB, ...");
}

/** For the help of commands that select. */
export const selectionHelp = `
Selecting:
  Patterns are matched with the path below the source: * and ** are any characters, / as well,
  ? is one, [a-z] and [!a-z] one of a set; tmp/ is everything in that folder, **/tmp/ at any depth.
  What fits no pattern is taken, unless the first one is an --include. Times without a zone are UTC.
  Quote patterns, so that the shell leaves them alone.
`;

/** What the options select. `now`: what ages count from. Throws UsageError. */
export function readSelection(options: OptionValues, now: Date): Selection {
  const given = options["include"] ?? options["exclude"];
  const rules = Array.isArray(given) ? (given as SelectionRule[]) : [];
  if (rules.length > transferLimits.selectionRules) {
    throw new UsageError(
      `${rules.length} patterns are more than ${transferLimits.selectionRules}.`,
      "Join them, or name the keys with --from-list.",
    );
  }
  for (const { kind, pattern } of rules) assertPattern(`--${kind}`, pattern);
  const newerThan = textOption(options, "newerThan");
  const olderThan = textOption(options, "olderThan");
  const largerThan = textOption(options, "largerThan");
  const smallerThan = textOption(options, "smallerThan");
  return new Selection({
    rules,
    ...(newerThan !== undefined && { newerThan: parseTime(newerThan, "--newer-than", now) }),
    ...(olderThan !== undefined && { olderThan: parseTime(olderThan, "--older-than", now) }),
    ...(largerThan !== undefined && { largerThanBytes: parseSize(largerThan, "--larger-than") }),
    ...(smallerThan !== undefined && {
      smallerThanBytes: parseSize(smallerThan, "--smaller-than"),
    }),
  });
}

/** `--as-of`, which lies in the past; undefined when it was not given. Throws UsageError. */
export function momentOption(options: OptionValues, now: Date): Date | undefined {
  const text = textOption(options, "asOf");
  if (text === undefined) return undefined;
  const moment = parseTime(text, "--as-of", now);
  if (moment <= now) return moment;
  throw new UsageError(`--as-of ${text} lies in the future.`);
}

function assertPattern(option: string, pattern: string): void {
  if (pattern === "") {
    throw new UsageError(`${option} is empty.`, "A variable in the command may be unset.");
  }
  if (pattern.length <= transferLimits.patternCharacters) return;
  throw new UsageError(
    `${option} ${pattern.slice(0, 40)}... has more than ${transferLimits.patternCharacters} characters.`,
  );
}
