import { closestName } from "../core/closest-name.ts";
import { StorageError } from "../core/errors.ts";
import { actionNames, actionsOfPattern } from "../policy/actions.ts";
import { findAction } from "../protocol/operations.ts";

/** An action of IAM, and whether it is one on objects. */
export interface AskedAction {
  readonly action: string;
  readonly level: "bucket" | "object";
}

/** An action such as `s3:PutObject`, or an operation of S3 by the action that it needs. Throws InvalidArgument. */
export function askedAction(text: string): AskedAction {
  const plain = text.replace(/^s3:/i, "");
  const [found] = actionsOfPattern(`s3:${plain}`);
  if (found !== undefined && !/[*?]/.test(plain)) {
    // Compared without regard to case; shown as it was written.
    return { action: `s3:${plain}`, level: found[1] };
  }
  const needed = findAction(plain);
  const level = needed === undefined ? undefined : [...actionsOfPattern(needed).values()][0];
  if (needed !== undefined && level !== undefined) return { action: needed, level };
  const closest = closestAction(plain.toLowerCase());
  throw new StorageError("InvalidArgument", `S3 has no action ${text}.`, {
    operation: "explain",
    remedy:
      closest === undefined ? "Name one such as s3:GetObject." : `Did you mean s3:${closest}?`,
  });
}

/** Compared without regard to case, named as AWS writes it. */
function closestAction(lowerCase: string): string | undefined {
  const names = new Map(actionNames.map((name) => [name.toLowerCase(), name]));
  return names.get(closestName(lowerCase, [...names.keys()]) ?? "");
}
