import { StorageError } from "../core/errors.ts";
import { aspects } from "./aspect-list.ts";
import type { SetupPlan } from "./plan.ts";

/** Reads a saved plan. Throws StorageError InvalidArgument for a text that is none of ours. */
export function parsePlan(text: string): SetupPlan {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw notAPlan("it is not JSON", error);
  }
  const problem = problemOf(data);
  if (problem !== undefined) throw notAPlan(problem);
  return data as SetupPlan;
}

function problemOf(data: unknown): string | undefined {
  if (!isObject(data)) return "it is no JSON object";
  if (data["formatVersion"] !== 1) {
    return `its formatVersion is ${JSON.stringify(data["formatVersion"])}, not 1`;
  }
  const texts = ["bucket", "region", "observedHash"];
  const missing = texts.find((name) => typeof data[name] !== "string");
  if (missing !== undefined) return `it has no ${missing}`;
  if (!isObject(data["desired"]) || !isObject(data["summary"])) return "it is incomplete";
  const listed = data["aspects"];
  const names: readonly unknown[] = Array.isArray(listed)
    ? listed.map((entry: unknown) => (isObject(entry) ? entry["aspect"] : undefined))
    : [];
  const complete =
    names.length === aspects.length && aspects.every(({ name }, index) => names[index] === name);
  return complete ? undefined : "its aspects are not those of this version";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notAPlan(reason: string, cause?: unknown): StorageError {
  return new StorageError("InvalidArgument", `This is no plan that can be applied: ${reason}.`, {
    operation: "apply",
    remedy: "Make one with: sms-storage plan --out FILE",
    cause,
  });
}
