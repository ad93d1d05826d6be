import { readFileSync } from "node:fs";
import { serverLimits } from "../core/limits.ts";

/**
 * How many connections to take: `wanted`, but no more than the process has descriptors for, of which a
 * request may hold two (its socket and an object's file) and the store some for itself.
 */
export function connectionBound(
  wanted: number = serverLimits.connections,
  readDescriptors: () => number | undefined = descriptorLimit,
): number {
  const descriptors = readDescriptors();
  if (descriptors === undefined) return wanted;
  const left = descriptors - serverLimits.storeDescriptors;
  return Math.max(1, Math.min(wanted, Math.floor(left / serverLimits.descriptorsPerConnection)));
}

/** The process's own limit, where the system tells it without a call that node does not have. */
function descriptorLimit(): number | undefined {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
