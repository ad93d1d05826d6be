import { policyLimits } from "../core/policy-limits.ts";

/** Whether a JSON text goes deeper than any policy does, so that nobody walks down there. Linear. */
export function isNestedDeeply(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gs)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth > policyLimits.nesting) return true;
  }
  return false;
}
