import { sameStatement, type StatementDocument } from "./compare-statements.ts";
import { PolicyError } from "./policy-error.ts";
import { findStatementSpans } from "./statement-spans.ts";

/** A statement that we own, known by its Sid. */
export interface OwnStatement extends StatementDocument {
  readonly Sid: string;
}

export interface PolicyMerge {
  /** The document to put; `undefined` when no statement is left. */
  readonly text: string | undefined;
  readonly changes: readonly StatementChange[];
  /** Other people's statements, carried over letter by letter. */
  readonly foreign: readonly StatementDocument[];
}

export interface StatementChange {
  /** `same`: already there. `adopted`: there with this meaning, under another Sid or none. */
  readonly kind: "added" | "replaced" | "removed" | "same" | "adopted";
  readonly sid: string;
  readonly before: StatementDocument | undefined;
  readonly after: StatementDocument | undefined;
}

/**
 * Puts our statements into a policy by Sid. All others keep their place and their text, since
 * PutBucketPolicy replaces the whole document. `retired` are Sids of ours that are no longer wanted.
 * Throws PolicyError when `existing` is no policy.
 */
export function mergeStatements(
  existing: string | undefined,
  own: readonly OwnStatement[],
  retired: readonly string[] = [],
): PolicyMerge {
  const parts = existing === undefined ? undefined : readParts(existing);
  const present = parts?.statements ?? [];
  const changes = own.map((statement) => changeFor(statement, present));
  const removed = present
    .filter((entry) => retired.includes(sidOf(entry.value) ?? ""))
    .map((entry) => ({
      kind: "removed" as const,
      sid: sidOf(entry.value) ?? "",
      before: entry.value,
      after: undefined,
    }));
  const all = [...changes, ...removed];
  const foreign = present
    .filter(({ value }) => !all.some((change) => change.before === value))
    .map((entry) => entry.value);
  if (!all.some(({ kind }) => kind === "added" || kind === "replaced" || kind === "removed")) {
    return { text: existing, changes: all, foreign };
  }
  const kept = present.flatMap((entry) => textAfter(entry, all));
  const added = changes.filter((change) => change.kind === "added").map(printed);
  return { text: assemble(parts, [...kept, ...added]), changes: all, foreign };
}

interface PresentStatement {
  readonly value: StatementDocument;
  readonly text: string;
}

interface PolicyParts {
  readonly before: string;
  readonly statements: readonly PresentStatement[];
  readonly after: string;
}

function readParts(text: string): PolicyParts {
  const spans = isJsonObject(text) ? findStatementSpans(text) : undefined;
  if (spans === undefined) throw new PolicyError("Missing required field Statement");
  const statements = spans.statements.map((span) => {
    const piece = text.slice(span.start, span.end);
    return { value: JSON.parse(piece) as StatementDocument, text: piece };
  });
  return {
    before: text.slice(0, spans.value.start),
    statements,
    after: text.slice(spans.value.end),
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    throw new PolicyError("Policies must be valid JSON and the first byte must be '{'");
  }
}

function changeFor(statement: OwnStatement, present: readonly PresentStatement[]): StatementChange {
  const sid = statement.Sid;
  const named = present.find((entry) => sidOf(entry.value) === sid)?.value;
  if (named !== undefined) {
    const kind = sameStatement(named, statement) ? "same" : "replaced";
    return { kind, sid, before: named, after: kind === "same" ? named : statement };
  }
  const alike = present.find((entry) => sameStatement(entry.value, statement))?.value;
  if (alike !== undefined) return { kind: "adopted", sid, before: alike, after: alike };
  return { kind: "added", sid, before: undefined, after: statement };
}

function textAfter(entry: PresentStatement, changes: readonly StatementChange[]): string[] {
  const change = changes.find((candidate) => candidate.before === entry.value);
  if (change?.kind === "removed") return [];
  return change?.kind === "replaced" ? [printed(change)] : [entry.text];
}

function printed(change: StatementChange): string {
  return JSON.stringify(change.after);
}

function assemble(parts: PolicyParts | undefined, statements: string[]): string | undefined {
  if (statements.length === 0) return undefined;
  const before = parts?.before ?? '{"Version":"2012-10-17","Statement":';
  return `${before}[${statements.join(",")}]${parts?.after ?? "}"}`;
}

function sidOf(statement: StatementDocument): string | undefined {
  const sid = statement["Sid"];
  return typeof sid === "string" ? sid : undefined;
}
