import { judgeFacts } from "../../checks/audit/run-audit.ts";
import type { Finding as AuditFinding, Remedy } from "../../checks/finding.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { findStatementSpans } from "../../policy/statement-spans.ts";
import { renderFinding } from "../../server/analyzer/finding.ts";
import { validatePolicy } from "../../server/analyzer/validate-policy.ts";
import { positionOf } from "../../server/identities/positioned-json.ts";
import type { PolicySource } from "./policy-source.ts";

/** What is wrong with a policy, or could be better. */
export interface LintFinding {
  /** AWS's kinds; `ERROR`: S3 refuses the policy. */
  readonly kind: "ERROR" | "SECURITY_WARNING" | "WARNING" | "SUGGESTION";
  /** AWS's code such as `INVALID_ACTION`, `REFUSED_BY_S3`, or a check of the audit such as `POL-6`. */
  readonly code: string;
  readonly message: string;
  /** From 1; undefined: it is about the policy as a whole. */
  readonly line?: number;
  readonly column?: number;
  readonly remedy?: Remedy;
}

export interface LintPlace {
  readonly region: string;
  readonly partition: string;
  readonly endpointUrl: string | undefined;
}

/** By AWS's ValidatePolicy, by S3's own reading and by the audit's checks of policies, in this order. */
export function lintPolicy(source: PolicySource, place: LintPlace): readonly LintFinding[] {
  const { text, bucket } = source;
  const validated = validatePolicy(text, { type: "RESOURCE_POLICY", isBucketPolicy: true }).map(
    (finding) => placed(renderFinding(text, finding)),
  );
  const isBroken = validated.some(({ code }) => code === "JSON_SYNTAX_ERROR");
  if (isBroken) return validated;
  const refused = validated.some(({ kind }) => kind === "ERROR") ? [] : refusedByS3(source, place);
  const checked = bucket === undefined ? [] : checkedByAudit(source, bucket, place);
  return [...validated, ...refused, ...checked];
}

interface Rendered {
  readonly findingType: LintFinding["kind"];
  readonly issueCode: string;
  readonly findingDetails: string;
  readonly locations: readonly {
    readonly span: { readonly start: { readonly line: number; readonly column: number } };
  }[];
}

function placed(rendered: object): LintFinding {
  // The shape of ValidatePolicy's own answer.
  const { findingType: kind, issueCode: code, findingDetails, locations } = rendered as Rendered;
  const start = locations[0]?.span.start;
  const [, line, column] = / line (\d+) column (\d+)\.$/.exec(findingDetails) ?? [];
  // A fault of the JSON itself stands in no element; its place is in the text alone.
  const base = { kind, code, message: findingDetails };
  // A fault of the JSON itself stands in no element; its place is in the text alone.
  if (line !== undefined) return { ...base, line: Number(line), column: Number(column) };
  return start === undefined ? base : { ...base, line: start.line, column: start.column + 1 };
}

function refusedByS3(
  { text, bucket }: PolicySource,
  { partition }: LintPlace,
): readonly LintFinding[] {
  if (bucket === undefined) return [];
  try {
    parsePolicy(text, { bucket, partition });
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { message, detail, statement } = error;
    const span =
      statement === undefined ? undefined : findStatementSpans(text)?.statements[statement];
    const place = span === undefined ? {} : positionOf(text, placeOf(text, span, detail));
    const what = detail === undefined ? message : `${message}: ${detail}`;
    return [{ kind: "ERROR", code: "REFUSED_BY_S3", message: what, ...place }];
  }
}

/** Of the refused part within its statement, else of the statement. */
function placeOf(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  detail: string | undefined,
): number {
  if (detail === undefined) return start;
  const within = text.slice(start, end).indexOf(JSON.stringify(detail));
  return within === -1 ? start : start + within;
}

const kinds = {
  critical: "SECURITY_WARNING",
  high: "SECURITY_WARNING",
  medium: "WARNING",
  low: "SUGGESTION",
  info: "SUGGESTION",
} as const;

function checkedByAudit(
  { text, caller }: PolicySource,
  bucket: string,
  place: LintPlace,
): readonly LintFinding[] {
  const facts = {
    policy: { state: "known", value: text } as const,
    ...(caller !== undefined && { caller: { state: "known", value: caller } as const }),
  };
  const context = {
    ...place,
    bucket,
    trustedAccounts: [],
    expectsKms: false,
    testPrefix: "test/",
    testDays: 7,
  };
  return judgeFacts(facts, context, { today: new Date().toISOString().slice(0, 10) })
    .filter(({ id, status }) => id.startsWith("POL-") && status === "fail")
    .map((finding) => ofAudit(finding, text));
}

function ofAudit(
  { id, title, severity, saw, affects, remedy }: AuditFinding,
  text: string,
): LintFinding {
  const sid = /statement "([^"]+)"/.exec(saw)?.[1];
  const at = sid === undefined ? -1 : text.indexOf(JSON.stringify(sid));
  return {
    kind: kinds[severity],
    code: id,
    message: `The check "${title}" fails: ${saw}.${affects === undefined ? "" : ` ${affects}`}`,
    ...(at !== -1 && positionOf(text, at)),
    ...(remedy !== undefined && { remedy }),
  };
}
