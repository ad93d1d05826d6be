import type { Finding, FindingStatus, Severity } from "../finding.ts";

/** What became of all checks together. */
export interface FindingSummary {
  readonly counts: Readonly<Record<FindingStatus, number>>;
  /** Failures by severity. */
  readonly failures: Readonly<Record<Severity, number>>;
  /**
   * 0 to 100: the weight of what passes, of all that could be judged. What is unknown does not count,
   * so that it has to be told beside it. Undefined: nothing could be judged.
   */
  readonly score: number | undefined;
}

/** Advice weighs nothing. */
const weights: Readonly<Record<Severity, number>> = {
  critical: 10,
  high: 5,
  medium: 3,
  low: 1,
  info: 0,
};

export function summarize(findings: readonly Finding[]): FindingSummary {
  const counts = { pass: 0, fail: 0, unknown: 0, "not-applicable": 0, muted: 0 };
  const failures = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let passed = 0;
  let judged = 0;
  for (const { status, severity } of findings) {
    counts[status] += 1;
    if (status === "fail") failures[severity] += 1;
    if (status === "pass" || status === "fail") judged += weights[severity];
    if (status === "pass") passed += weights[severity];
  }
  // Rounded down: 100 means that nothing fails.
  const score = judged === 0 ? undefined : Math.floor((passed / judged) * 100);
  return { counts, failures, score };
}
