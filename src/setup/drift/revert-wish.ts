import { StorageError } from "../../core/errors.ts";
import type { DesiredState } from "../desired-state.ts";
import { documentSettings } from "../../core/document-settings.ts";
import type { DriftFinding, DriftReport } from "./find-drift.ts";

/** The setting of the wish that an aspect is about. */
const settings = { ...documentSettings, "env-file": "envFile" } as const;

/**
 * A wish whose plan takes declared drift back and leaves all else alone: of these findings, or of all that
 * nobody accepted. A setting is one document, so that its other drift goes back with it; the plan shows that.
 * Undefined: there is nothing to take back. Throws InvalidArgument for an id that is none of declared drift.
 */
export function revertWish(
  desired: DesiredState,
  report: DriftReport,
  ids: readonly string[],
): DesiredState | undefined {
  const declared = report.findings.filter(({ kind }) => kind === "declared");
  const meant =
    ids.length === 0
      ? declared.filter(({ accepted }) => !accepted)
      : ids.map((id) => declared.find((finding) => finding.id === id) ?? noDrift(id, declared));
  if (meant.length === 0) return undefined;
  const aspects = new Set(meant.map(({ id }) => id.split(":")[1]));
  // Without its bucket nothing of it can be taken back.
  if (aspects.has("bucket")) return desired;
  const others = Object.entries(settings).filter(([aspect]) => !aspects.has(aspect));
  return { ...desired, ...Object.fromEntries(others.map(([, name]) => [name, "unmanaged"])) };
}

function noDrift(id: string, declared: readonly DriftFinding[]): never {
  throw new StorageError("InvalidArgument", `There is no declared drift ${JSON.stringify(id)}.`, {
    operation: "drift",
    remedy:
      declared.length === 0
        ? "Nothing is otherwise than declared; what nobody declared, a set-up does not touch."
        : `There is: ${declared.map((finding) => finding.id).join(", ")}`,
  });
}
