import { shellWord } from "../core/shell-word.ts";
import type { AspectPlan, Change, Note } from "./aspect.ts";
import { equalData } from "./canonical-json.ts";
import { driftId } from "./drift-id.ts";

/**
 * A plan that says, too, what was recorded and is not as it was, though nobody wished it away: such as a guard
 * that somebody removed. `then`: the plan that would put it. `call`: of `drift`, which brings it back.
 */
export function withForgotten(plan: AspectPlan, then: AspectPlan, call: string): AspectPlan {
  const isPlanned = ({ item, after }: Change): boolean =>
    plan.changes.some((each) => each.item === item && equalData(each.after, after));
  const forgotten = then.changes.filter((change) => !isPlanned(change));
  const notes = forgotten.map(({ item, before }): Note => {
    const what = before === undefined ? "is gone" : "is not as it was";
    const id = shellWord(driftId(plan.aspect, item));
    const text =
      `${item} was recorded and ${what}; this plan does not bring it back.` +
      ` Say it in the wish, or: ${call} --revert ${id}`;
    return { level: "warning", text };
  });
  return notes.length === 0 ? plan : { ...plan, notes: [...plan.notes, ...notes] };
}
