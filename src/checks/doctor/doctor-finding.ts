import type { Finding, Severity } from "../finding.ts";
import type { FixTemplate } from "./cause-row.ts";
import type { LayerName } from "./layer-name.ts";

/** A cause that may stand behind the symptom as well. */
export interface OtherCause {
  readonly id: string;
  readonly title: string;
  readonly cause: string;
}

/** What the doctor found: the first cause, and what else it may be. */
export interface DoctorFinding extends Finding {
  readonly layer: LayerName;
  readonly symptom: string;
  readonly cause: string;
  readonly confidence: "certain" | "likely" | "possible" | "unknown";
  readonly evidence: readonly string[];
  readonly alsoPossible: readonly OtherCause[];
  /** Of the documentation, such as `docs/findings/D07.md`; undefined where the cause is not known. */
  readonly page?: string;
  /** What `--fix` would do, its places filled in. */
  readonly fix?: FixTemplate;
}

/** What makes a layer broken, and not just worth a word. */
export function breaks({ severity }: { readonly severity: Severity }): boolean {
  return severity === "critical" || severity === "high";
}
