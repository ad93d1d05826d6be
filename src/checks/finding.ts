/** How much is at stake, the worst first. */
export const severities = ["critical", "high", "medium", "low", "info"] as const;

/** How bad it is, the worst first. */
export type Severity = (typeof severities)[number];

/**
 * What became of a check. `unknown`: it could not be seen, which is never a pass. `muted`: it fails,
 * and somebody has given a reason to live with it.
 */
export type FindingStatus = "pass" | "fail" | "unknown" | "not-applicable" | "muted";

/** Who is able to apply a remedy. */
export type RemedyBy = "you" | "administrator" | "organization";

/** What mends a fault. */
export interface Remedy {
  /** A sentence or two. */
  readonly text: string;
  /** Lines for a shell, ready to be pasted. */
  readonly commands?: readonly string[];
  /** Policy statements, ready to be pasted. */
  readonly statements?: readonly unknown[];
  readonly by: RemedyBy;
}

/** The answer of one check; plain data. */
export interface Finding {
  /** Stable, such as `ENC-1`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: FindingStatus;
  /** The evidence, or why there is none. */
  readonly saw: string;
  /** What follows from it for the user's data. */
  readonly affects?: string;
  readonly remedy?: Remedy;
  /** One of the set-up guide's seven security practices. */
  readonly practice?: number;
  /** The same check of other tools: Security Hub, CIS, prowler, checkov, trivy. */
  readonly sameAs: readonly string[];
  readonly muted?: Mute;
}

/** A failure that somebody decided to live with. */
export interface Mute {
  readonly id: string;
  readonly reason: string;
  /** ISO 8601 date, the last day on which it counts. Undefined: for good. */
  readonly until?: string;
}
