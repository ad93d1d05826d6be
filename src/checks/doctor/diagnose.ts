import { aimCommand } from "../audit/aim-command.ts";
import type { Remedy, Severity } from "../finding.ts";
import {
  type CauseRow,
  confidences,
  type Confidence,
  type FixTemplate,
  type Sign,
} from "./cause-row.ts";
import { causeRows } from "./cause-list.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { DoctorFinding } from "./doctor-finding.ts";
import {
  fillCommand,
  fillStatement,
  fillText,
  fillValue,
  fittingCommands,
  placesOf,
} from "./fill-text.ts";
import type { LayerName } from "./layer-name.ts";
import { describeLink } from "./link-in-text.ts";
import { matchSign } from "./match-sign.ts";
import { ownWords, type Symptom } from "./symptom.ts";

interface Match {
  readonly row: CauseRow;
  readonly confidence: Confidence;
  readonly severity: Severity;
  readonly circumstances: readonly string[];
}

/** Which cause stands behind a symptom, the surest first; among equals by the catalogue's order. Pure. */
export function diagnose(symptom: Symptom, facts: DoctorFacts, layer: LayerName): DoctorFinding {
  const matches = causeRows
    .flatMap((row) => matchRow(row, symptom, facts))
    .sort((a, b) => confidences.indexOf(a.confidence) - confidences.indexOf(b.confidence));
  const [first, ...others] = matches;
  if (first === undefined) return unknownCause(symptom, layer);
  const { row, confidence, severity, circumstances } = first;
  const places = placesOf(facts, symptom);
  return {
    id: row.id,
    title: row.title,
    severity,
    status: "fail",
    saw: symptomLine(symptom),
    affects: fillText(row.affects, places),
    remedy: remedyOf(row, facts, symptom),
    sameAs: [],
    layer,
    symptom: symptomLine(symptom),
    cause: fillText(row.cause, places),
    confidence,
    evidence: evidenceOf(symptom, circumstances),
    alsoPossible: others.map(({ row: { id, title, cause } }) => ({
      id,
      title,
      cause: fillText(cause, places),
    })),
    page: pageOf(row.id),
    ...(row.fix !== undefined && { fix: fillValue(row.fix, places) as FixTemplate }),
  };
}

function pageOf(id: string): string {
  return `docs/findings/${id}.md`;
}

function matchRow(row: CauseRow, symptom: Symptom, facts: DoctorFacts): Match[] {
  const found = row.signs.flatMap((sign): Match[] => {
    const circumstances = matchSign(sign, symptom, facts);
    if (circumstances === undefined) return [];
    const severity = sign.severity ?? row.severity ?? "high";
    return [{ row, confidence: sureness(sign, symptom), severity, circumstances }];
  });
  const rank = ({ confidence }: Match) => confidences.indexOf(confidence);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 1);
}

/** A word of a long text need not be what went wrong, and of several the first need not be. */
function sureness({ sure, codes }: Sign, { amongOthers = [] }: Symptom): Confidence {
  if (codes === undefined || amongOthers.length === 0) return sure;
  const most = amongOthers.length === 1 ? "likely" : "possible";
  return confidences.indexOf(sure) < confidences.indexOf(most) ? most : sure;
}

function remedyOf({ remedy }: CauseRow, facts: DoctorFacts, symptom: Symptom): Remedy {
  const { text, commands, statements, by } = remedy;
  const { endpointUrl } = facts;
  const places = placesOf(facts, symptom);
  const lines = commands?.flatMap((each) => {
    if (typeof each === "string") return [each];
    return each.when.holds(facts, symptom) ? [each.line] : [];
  });
  return {
    text: fillText(text, places),
    ...(lines !== undefined && {
      commands: fittingCommands(lines, places).map((line) =>
        aimCommand(fillCommand(line, places), endpointUrl),
      ),
    }),
    ...(statements !== undefined && {
      statements: statements.map((each) => fillStatement(each, places)),
    }),
    by,
  };
}

function symptomLine({ tried, message }: Symptom): string {
  return `${tried}: ${message}`;
}

function evidenceOf(symptom: Symptom, circumstances: readonly string[]): readonly string[] {
  const { code, status, denial, details, link, amongOthers } = symptom;
  return [
    ...(code === undefined || ownWords.has(code) ? [] : [codeWords(code, amongOthers)]),
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(denial?.action === undefined ? [] : [`action ${denial.action}`]),
    ...(denial?.resource === undefined ? [] : [`resource ${denial.resource}`]),
    ...(denial?.policyArn === undefined ? [] : [`policy ${denial.policyArn}`]),
    ...["Region", "Endpoint", "RequestTime", "ServerTime", "S3Code"].flatMap((name) =>
      details[name] === undefined ? [] : [`${name} ${details[name]}`],
    ),
    ...circumstances,
    ...(link === undefined ? [] : describeLink(link)),
  ];
}

function codeWords(code: string, amongOthers: readonly string[] = []): string {
  if (amongOthers.length === 0) return `code ${code}`;
  if (amongOthers.length === 1) return `the word ${code} within a longer text`;
  return `within a longer text the words ${amongOthers.join(", ")}: the error itself says which`;
}

/** The error's own advice is all there is. */
function unknownCause(symptom: Symptom, layer: LayerName): DoctorFinding {
  return {
    id: "D00",
    title: "A failure that is not in the catalogue",
    severity: "high",
    status: "fail",
    saw: symptomLine(symptom),
    remedy: {
      text:
        symptom.remedy ??
        "Write a report with --bundle FILE and send it to who looks after the store.",
      by: "you",
    },
    sameAs: [],
    layer,
    symptom: symptomLine(symptom),
    cause: "Not known: no cause of the catalogue fits what was answered.",
    confidence: "unknown",
    evidence: evidenceOf(symptom, []),
    alsoPossible: [],
  };
}
