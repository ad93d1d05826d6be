import { membersOf, elementsOf, type Span } from "../../policy/statement-spans.ts";
import { positionOf } from "../identities/positioned-json.ts";

type FindingType = "ERROR" | "SECURITY_WARNING" | "WARNING" | "SUGGESTION";

/** Of a place in a policy: the name of a member, or the number of an element. */
export type Path = readonly (string | number)[];

/** What was found, as it is before its place in the text is looked for. */
export interface Finding {
  readonly type: FindingType;
  /** Such as `INVALID_ACTION`. Source: IAM User Guide, "IAM policy validation check reference". */
  readonly code: string;
  readonly details: string;
  /** Empty: the policy. */
  readonly path: Path;
}

export function error(code: string, details: string, path: Path): Finding {
  return { type: "ERROR", code, details, path };
}

export function warning(code: string, details: string, path: Path): Finding {
  return { type: "WARNING", code, details, path };
}

export function suggestion(code: string, details: string, path: Path): Finding {
  return { type: "SUGGESTION", code, details, path };
}

export function securityWarning(code: string, details: string, path: Path): Finding {
  return { type: "SECURITY_WARNING", code, details, path };
}

const checks =
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html" +
  "#access-analyzer-reference-policy-checks";
const chapters: Readonly<Record<FindingType, string>> = {
  ERROR: "error",
  SECURITY_WARNING: "security-warning",
  WARNING: "general-warning",
  SUGGESTION: "suggestion",
};

/** As ValidatePolicy answers it. `text`: the policy, valid JSON unless the path is empty. */
export function renderFinding(text: string, { type, code, details, path }: Finding): object {
  const { start, end } = locate(text, path);
  return {
    findingType: type,
    issueCode: code,
    findingDetails: details,
    learnMoreLink: `${checks}-${chapters[type]}-${code.toLowerCase().replaceAll("_", "-")}`,
    locations: [
      {
        path: path.map((step) => (typeof step === "number" ? { index: step } : { value: step })),
        span: { start: place(text, start), end: place(text, end) },
      },
    ],
  };
}

/** Lines from 1, columns from 0. */
function place(text: string, offset: number): object {
  const { line, column } = positionOf(text, offset);
  return { line, column: column - 1, offset };
}

/** The value at the path, or as far towards it as there is one. */
function locate(text: string, path: Path): Span {
  let span: Span = { start: 0, end: text.length };
  for (const step of path) {
    const next = stepInto(text, span, step);
    if (next === undefined) return span;
    span = next;
  }
  return span;
}

function stepInto(text: string, span: Span, step: string | number): Span | undefined {
  const opening = text[span.start];
  if (typeof step === "number") return opening === "[" ? elementsOf(text, span)[step] : undefined;
  const start = text.indexOf("{", span.start);
  if (opening !== "{" && span.start !== 0) return undefined;
  return membersOf(text, { start, end: span.end }).findLast(({ name }) => name === step)?.value;
}
