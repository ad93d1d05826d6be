import type { TreeDifference } from "../../transfer/sync/diff-trees.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { placeText, readComparison, withTrees } from "./with-trees.ts";

/** `diff`. Answers the exit code. */
export async function runDiff(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { output } = context;
  const comparison = readComparison(options);
  const all = flagOption(options, "all");
  const { diffTrees } = await import("../../transfer/sync/diff-trees.ts");
  const totals = { same: 0, differs: 0, onlySource: 0, onlyTarget: 0, unknown: 0 };
  const command = { name: "diff", args, resume: false };
  await withTrees(context, command, options, async ({ places, memory }) => {
    const sides = { source: placeText(places.source), target: placeText(places.target) };
    for await (const found of diffTrees({ ...places, memory, comparison })) {
      for (const { state } of found) totals[counterOf[state]] += 1;
      await output.results(all ? found : found.filter(({ state }) => state !== "same"), {
        json: (one) => ({ type: "difference", ...one }),
        text: (one) => lineOf(one, sides),
      });
    }
  });
  await output.result({ type: "summary", ...totals }, undefined);
  const { same, differs, onlySource, onlyTarget, unknown } = totals;
  const isSame = differs + onlySource + onlyTarget + unknown === 0;
  output.note(
    isSame
      ? `No difference: ${same} the same.`
      : `${onlySource} only in ${args[0]}, ${onlyTarget} only in ${args[1]}, ${differs} differ, ` +
          `${unknown} not known, ${same} the same.`,
  );
  return isSame ? exitCodes.ok : exitCodes.checkFailed;
}

const counterOf = {
  same: "same",
  differs: "differs",
  "only-source": "onlySource",
  "only-target": "onlyTarget",
  unknown: "unknown",
} as const;

function lineOf(
  { path, state, why = "" }: TreeDifference,
  sides: { readonly source: string; readonly target: string },
): string {
  const name = printable(path);
  switch (state) {
    case "same":
      return `same: ${name}`;
    case "differs":
      return `differs in ${why}: ${name}`;
    case "only-source":
      return `only in ${printable(sides.source)}: ${name}`;
    case "only-target":
      return `only in ${printable(sides.target)}: ${name}`;
    case "unknown":
      return `not known: ${name}: ${printable(why)}`;
  }
}
