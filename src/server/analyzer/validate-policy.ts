import { analyzerLimits } from "../../core/analyzer-limits.ts";
import { isObject, type JsonFields } from "../aws-json/json-input.ts";
import { JsonSyntaxError, positionOf, readPositionedJson } from "../identities/positioned-json.ts";
import { error, type Finding, suggestion, warning } from "./finding.ts";
import type { PolicyAim } from "./policy-type.ts";
import { validateStatement } from "./validate-statement.ts";

/**
 * What is wrong with a policy, or could be better: as much of AWS's checks as this server's own reading
 * of policies knows. Source: IAM User Guide, "IAM policy validation check reference".
 */
export function validatePolicy(text: string, aim: PolicyAim): readonly Finding[] {
  const read = readDocument(text);
  if ("finding" in read) return [read.finding];
  const { document } = read;
  const findings = [
    ...validateFrame(document, aim),
    ...statementsOf(document).flatMap(([path, statement]) =>
      validateStatement(statement, path, aim),
    ),
    ...validateSids(document, aim),
  ];
  return findings.slice(0, analyzerLimits.findings);
}

/** The policy, or why it is none. */
function readDocument(
  text: string,
): { readonly document: JsonFields } | { readonly finding: Finding } {
  try {
    readPositionedJson(text);
    const document: unknown = JSON.parse(text);
    return isObject(document) ? { document } : { finding: mismatch("Object", []) };
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    const { line, column } = positionOf(text, cause.offset);
    const place = `index ${cause.offset} line ${line} column ${column}`;
    const why = `Fix the JSON syntax error at ${place}.`;
    return { finding: error("JSON_SYNTAX_ERROR", why, []) };
  }
}

function validateFrame(document: JsonFields, aim: PolicyAim): readonly Finding[] {
  const unknown = Object.keys(document)
    .filter((name) => !["Version", "Id", "Statement"].includes(name))
    .map((name) =>
      error("INVALID_POLICY_ELEMENT", `The policy element ${name} is not valid.`, [name]),
    );
  return [
    ...unknown,
    ...validateVersion(document["Version"]),
    ...validateStatements(document["Statement"]),
    ...validateSize(document, aim),
  ];
}

function validateVersion(version: unknown): readonly Finding[] {
  if (version === "2012-10-17" || version === "2008-10-17") return [];
  if (version === undefined) {
    const why =
      "We recommend that you specify the Version element to help you with debugging permission issues.";
    return [warning("MISSING_VERSION", why, [])];
  }
  const why =
    `The version ${JSON.stringify(version)} is not valid. Use one of the following versions: ` +
    "2012-10-17, 2008-10-17";
  return [error("INVALID_VERSION", why, ["Version"])];
}

function validateStatements(statements: unknown): readonly Finding[] {
  if (statements === undefined) {
    return [error("MISSING_STATEMENT", "Add a statement to your policy.", [])];
  }
  if (!Array.isArray(statements))
    return isObject(statements) ? [] : [mismatch("Object", ["Statement"])];
  if (statements.length > 0) return [];
  return [suggestion("EMPTY_ARRAY_STATEMENT", "Add statements to the policy.", ["Statement"])];
}

function validateSize(document: JsonFields, { type }: PolicyAim): readonly Finding[] {
  const isIdentity = type === "IDENTITY_POLICY";
  const largest = isIdentity ? analyzerLimits.identityBytes : analyzerLimits.resourceBytes;
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= largest) return [];
  const kind = isIdentity ? "IDENTITY" : "RESOURCE";
  const why =
    `The ${bytes} characters in the policy, excluding whitespace, exceed the ${largest} character ` +
    "maximum.";
  return [warning(`POLICY_SIZE_EXCEEDS_${kind}_POLICY_QUOTA`, why, [])];
}

type Placed = readonly [path: readonly (string | number)[], statement: unknown];

function statementsOf({ Statement }: JsonFields): readonly Placed[] {
  if (!Array.isArray(Statement)) return isObject(Statement) ? [[["Statement"], Statement]] : [];
  return Statement.map((one: unknown, index) => [["Statement", index], one]);
}

/** S3 wants them unlike; for others it is good advice. */
function validateSids(document: JsonFields, { isBucketPolicy }: PolicyAim): readonly Finding[] {
  const seen = new Set<unknown>();
  return statementsOf(document).flatMap(([path, statement]) => {
    const sid = isObject(statement) ? statement["Sid"] : undefined;
    if (typeof sid !== "string" || sid === "") return [];
    const isRepeated = seen.has(sid);
    seen.add(sid);
    if (!isRepeated) return [];
    const at = [...path, "Sid"];
    return isBucketPolicy
      ? error(
          "UNIQUE_SIDS_REQUIRED",
          "Duplicate statement IDs are not supported for this policy type. Update the Sid value.",
          at,
        )
      : warning(
          "UNIQUE_SIDS_RECOMMENDED",
          "We recommend that you use statement IDs that are unique to your policy. Update the Sid value.",
          at,
        );
  });
}

function mismatch(wanted: string, path: Finding["path"]): Finding {
  return error(
    "DATA_TYPE_MISMATCH",
    `The text does not match the expected JSON data type ${wanted}.`,
    path,
  );
}
