import { gatherBytes } from "../../core/gather-bytes.ts";
import { policyLimits } from "../../core/policy-limits.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";

/** Standard input to its end. Throws UsageError where it is larger than any policy or message. */
export async function readText({ runtime }: CommandContext): Promise<string> {
  const bytes = await gatherBytes(runtime.stdin, policyLimits.inputBytes);
  if (bytes !== undefined) return bytes.toString("utf8");
  throw new UsageError(`Standard input holds more than ${policyLimits.inputBytes} bytes.`);
}
