import { type Finding, severities } from "../finding.ts";
import type { FindingChange } from "./compare-audits.ts";
import type { FindingSummary } from "./summary.ts";

/** An audit as the formats write it; plain data. */
export interface AuditReport {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: AWS. */
  readonly endpointUrl?: string;
  /** ISO 8601. */
  readonly time: string;
  readonly caller?: string;
  readonly findings: readonly Finding[];
  readonly summary: FindingSummary;
  /** By id, where an earlier audit was given. */
  readonly changes?: ReadonlyMap<string, FindingChange>;
  readonly toolVersion: string;
}

/** Only what fails, the worst first. */
export function failuresOf({ findings }: AuditReport): readonly Finding[] {
  return findings
    .filter(({ status }) => status === "fail")
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
