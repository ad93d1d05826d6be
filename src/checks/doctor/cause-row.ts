import type { DenialCause, ParsedDenial } from "../../policy/parse-denial.ts";
import type { RemedyBy, Severity } from "../finding.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { LayerName } from "./layer-name.ts";
import type { Symptom } from "./symptom.ts";

/** How far a sign proves its cause, the surest first. */
export const confidences = ["certain", "likely", "possible"] as const;

export type Confidence = (typeof confidences)[number];

/** A circumstance, in the words of a page and as a question. */
export interface Circumstance {
  readonly words: string;
  readonly holds: (facts: DoctorFacts, symptom: Symptom) => boolean;
  /** It goes without saying, and is no evidence. Default false. */
  readonly isSilent?: boolean;
}

/** A line for the shell; with `when` only where that holds. */
export type CommandTemplate = string | { readonly line: string; readonly when: Circumstance };

/** Everything that is named has to hold; of lists one. */
export interface Sign {
  readonly sure: Confidence;
  /** Where it is another than the row's, as of what works here and fails elsewhere. */
  readonly severity?: Severity;
  readonly codes?: readonly string[];
  readonly statuses?: readonly number[];
  readonly says?: RegExp;
  readonly operations?: readonly string[];
  readonly denial?: {
    readonly cause: DenialCause;
    readonly layers?: readonly NonNullable<ParsedDenial["layer"]>[];
    readonly action?: RegExp;
  };
  readonly when?: readonly Circumstance[];
}

/** Texts with places such as `{bucket}`, which the facts fill in; see `fill-text.ts`. */
interface RemedyTemplate {
  readonly text: string;
  readonly commands?: readonly CommandTemplate[];
  readonly statements?: readonly unknown[];
  readonly by: RemedyBy;
}

/** What `--fix` does; each can be undone. */
export type FixTemplate =
  | { readonly kind: "set-variable"; readonly name: string; readonly value: string }
  | { readonly kind: "comment-out-keys" }
  | { readonly kind: "make-private" }
  | { readonly kind: "encrypt-by-default" };

/** One cause of trouble: how it is recognised, what it means, what cures it. Data alone. */
export interface CauseRow {
  /** Stable: `D07`. */
  readonly id: string;
  /** The first layer at which it shows. */
  readonly layer: LayerName;
  readonly title: string;
  readonly symptom: string;
  readonly cause: string;
  readonly affects: string;
  /** Default `high`; `low` and `medium` break nothing yet. */
  readonly severity?: Severity;
  readonly signs: readonly Sign[];
  readonly remedy: RemedyTemplate;
  readonly fix?: FixTemplate;
  readonly source: string;
}
