import { isStorageError, type StorageError } from "../core/errors.ts";
import { isNotSupported, reasonOf } from "../core/reading.ts";
import { ProbeFailed, ProbeNotSupported, type Probe, type ProbeContext } from "./probe.ts";

/** What one probe found; plain data but for the error. */
export interface ProbeFact {
  readonly name: string;
  readonly title: string;
  /** `not-reached`: it could not be tried. */
  readonly status: "passed" | "failed" | "not-supported" | "not-reached";
  readonly detail: string;
  /** Permissions that were proved. */
  readonly proves: readonly string[];
  /** Permissions that are missing, as far as it can be told. */
  readonly missing: readonly string[];
  readonly error?: StorageError;
}

/**
 * Tries the probes in their order, each only when those that it needs have passed. Failures are facts;
 * throws only what is no StorageError.
 */
export async function* runProbes(
  probes: readonly Probe[],
  context: ProbeContext,
): AsyncGenerator<ProbeFact, void, undefined> {
  const unmet = new Map<string, string>();
  for (const probe of probes) {
    const fact = await runProbe(probe, context, unmet);
    if (fact.status !== "passed") unmet.set(probe.name, probe.title);
    yield fact;
  }
}

async function runProbe(
  probe: Probe,
  context: ProbeContext,
  titlesOfUnmet: ReadonlyMap<string, string>,
): Promise<ProbeFact> {
  const base = { name: probe.name, title: probe.title, proves: [], missing: [] };
  const unmet = probe.needs.flatMap((needed) => {
    const title = titlesOfUnmet.get(needed);
    return title === undefined ? [] : [`"${title}"`];
  });
  if (unmet.length > 0) {
    return {
      ...base,
      status: "not-reached",
      detail: `not tried: ${unmet.join(", ")} did not pass`,
    };
  }
  try {
    if (probe.always !== true) context.tools.signal?.throwIfAborted();
    return { ...base, status: "passed", proves: probe.proves, ...(await probe.run(context)) };
  } catch (error) {
    return { ...base, ...judgeFailure(error, probe, context) };
  }
}

function judgeFailure(
  error: unknown,
  probe: Probe,
  context: ProbeContext,
): Pick<ProbeFact, "status" | "detail" | "missing"> & { error?: StorageError } {
  if (error instanceof ProbeNotSupported || isNotSupported(error)) {
    return { status: "not-supported", detail: reasonOf(error), missing: [] };
  }
  if (error instanceof ProbeFailed) {
    return { status: "failed", detail: error.message, missing: error.missing };
  }
  if (context.tools.signal?.aborted === true) {
    return { status: "not-reached", detail: "stopped", missing: [] };
  }
  if (!isStorageError(error)) throw error;
  if (error.code !== "PermissionDenied") {
    return { status: "failed", detail: error.message, missing: [], error };
  }
  const missing = deniedActions(error, probe);
  // A Deny is the whole cause: nothing is missing that a grant could bring, and no store is at fault.
  if (/\bexplicit deny\b/.test(error.message)) {
    return { status: "failed", detail: error.message, missing, error };
  }
  const lacking = missing.length > 0 ? `Missing: ${missing.join(", ")}` : undefined;
  const words = [error.message, lacking, probe.explainRefusal?.(context.bucket)];
  const detail = words.filter((text) => text !== undefined).join(" ");
  return { status: "failed", detail, missing, error };
}

/** AWS names the action within one account; else it is certain only where a probe proves just one. */
function deniedActions(error: StorageError, probe: Probe): readonly string[] {
  const named = /not\s+authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(error.message)?.[1];
  if (named !== undefined) return [named];
  return probe.proves.length === 1 ? probe.proves : [];
}
