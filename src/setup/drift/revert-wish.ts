import { StorageError } from "../../core/errors.ts";
import type { DesiredState } from "../desired-state.ts";
import { documentSettings } from "../../core/document-settings.ts";
import type { DriftFinding, DriftReport } from "./find-drift.ts";

/** The setting of the wish that an aspect is about. */
const settings = { ...documentSettings, "env-file": "envFile" } as const;

/** Findings of undeclared drift among those that are to be taken back, each by its own id. */
export function undeclaredAmong(
  report: DriftReport,
  { revert, accept }: RevertChoice,
): DriftFinding[] {
  const meant = report.findings.filter(
    ({ kind, id }) => kind === "undeclared" && revert.includes(id),
  );
  for (const finding of meant) {
    if (accept.includes(finding.id)) throw oneDocument(finding, finding);
  }
  return meant;
}

/** Findings by id: those to be taken back (none: all declared drift), and those that are to stay. */
export interface RevertChoice {
  readonly revert: readonly string[];
  readonly accept: readonly string[];
  /** Where nothing says what it was, the set-up's default comes in its place. Default false: it is refused. */
  readonly defaults?: boolean;
}

/**
 * A wish whose plan takes declared drift back and leaves all else alone: of these findings, or of all that
 * nobody accepted. A setting is one document, so that its other drift goes back with it; the plan shows that.
 * Undefined: there is nothing to take back. Throws InvalidArgument for an id that is none of declared drift,
 * where one document would have to go back and stay, and where nobody knows what it was.
 */
export function revertWish(
  desired: DesiredState,
  report: DriftReport,
  { revert, accept, defaults = false }: RevertChoice,
): DesiredState | undefined {
  const declared = report.findings.filter(({ kind }) => kind === "declared");
  const meant =
    revert.length === 0
      ? declared.filter(({ id, accepted }) => !accepted && !accept.includes(id))
      : revert.map((id) => declared.find((finding) => finding.id === id) ?? noDrift(id, declared));
  if (meant.length === 0) return undefined;
  const guessed = meant.filter(({ guessed: names = [] }) => names.length > 0);
  if (guessed.length > 0 && !defaults) throw notKnown(guessed);
  const aspects = new Set(meant.map(aspectOf));
  for (const stays of declared.filter(({ id }) => accept.includes(id))) {
    const goes = meant.find((each) => aspectOf(each) === aspectOf(stays));
    if (goes !== undefined) throw oneDocument(goes, stays);
  }
  const others = Object.entries(settings).filter(([aspect]) => !aspects.has(aspect));
  return { ...desired, ...Object.fromEntries(others.map(([, name]) => [name, "unmanaged"])) };
}

function aspectOf({ id }: DriftFinding): string {
  return id.split(":")[1] ?? "";
}

function oneDocument(goes: DriftFinding, stays: DriftFinding): StorageError {
  const message =
    goes.id === stays.id
      ? `${JSON.stringify(goes.id)} cannot both go back and stay.`
      : `${JSON.stringify(goes.id)} cannot go back while ${JSON.stringify(stays.id)} stays:` +
        " both are of one document, which is put whole.";
  return new StorageError("InvalidArgument", message, {
    operation: "drift",
    remedy:
      "Accept what may stay first, then take the rest back; the plan shows what goes with it.",
  });
}

function notKnown(findings: readonly DriftFinding[]): StorageError {
  const names = [...new Set(findings.flatMap(({ guessed = [] }) => guessed))].join(", ");
  const message =
    `${findings.map(({ id }) => JSON.stringify(id)).join(" and ")} cannot go back: neither the wish nor a ` +
    `baseline says what it was (${names}).`;
  return new StorageError("InvalidArgument", message, {
    operation: "drift",
    remedy:
      "Say it in sms-storage.yaml, or name what else is to go back. With --defaults it becomes what the " +
      "set-up has by default; `sms-storage drift --record` keeps what is there for the next time.",
  });
}

function noDrift(id: string, declared: readonly DriftFinding[]): never {
  throw new StorageError(
    "InvalidArgument",
    `There is no drift ${JSON.stringify(id)} to take back.`,
    {
      operation: "drift",
      remedy:
        declared.length === 0
          ? "Nothing is otherwise than declared; what nobody declared goes back only to what a baseline has of it."
          : `There is: ${declared.map((finding) => finding.id).join(", ")}`,
    },
  );
}
