import type { KnownPrincipals } from "../identities/identities.ts";
import {
  type JsonNode,
  JsonSyntaxError,
  readPositionedJson,
} from "../identities/positioned-json.ts";
import { isUniqueId } from "../../policy/parse-principals.ts";

/**
 * A policy as AWS keeps it: users and roles that it names stand in it by their unique ids, so that
 * another one of the same name is somebody else. Everything else stays as it is written.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", "IAM role principals".
 */
export function keepPrincipals(principals: KnownPrincipals, document: string): string {
  return replacePrincipals(document, (text) => principals.idOfPrincipal(text));
}

/** The same policy as AWS shows it: by name whoever is still there. */
export function showPrincipals(principals: KnownPrincipals, document: string): string {
  if (!/"(?:AROA|AIDA)[A-Z0-9]+"/.test(document)) return document;
  return replacePrincipals(document, (text) =>
    isUniqueId(text) ? principals.arnOfId(text) : undefined,
  );
}

function replacePrincipals(
  document: string,
  replacement: (principal: string) => string | undefined,
): string {
  let shown = "";
  let end = 0;
  for (const { offset, value } of principalsIn(document)) {
    const other = replacement(value);
    if (other === undefined) continue;
    shown += document.slice(end, offset) + JSON.stringify(other);
    end = endOfString(document, offset);
  }
  return shown + document.slice(end);
}

interface PrincipalText {
  readonly offset: number;
  readonly value: string;
}

/** In their order; none in what is no policy. */
function principalsIn(document: string): readonly PrincipalText[] {
  try {
    return itemsOf(member(readPositionedJson(document), "Statement"))
      .flatMap((statement) => [member(statement, "Principal"), member(statement, "NotPrincipal")])
      .flatMap((principal) => itemsOf(member(principal, "AWS")))
      .flatMap((node) =>
        node.kind === "scalar" && typeof node.value === "string"
          ? [{ offset: node.offset, value: node.value }]
          : [],
      )
      .toSorted((one, other) => one.offset - other.offset);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [];
    throw error;
  }
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === "object" ? node.entries.get(name) : undefined;
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.kind === "array" ? node.items : [node];
}

function endOfString(document: string, start: number): number {
  const string = /"(?:[^"\\]|\\.)*"/y;
  string.lastIndex = start;
  string.exec(document);
  return string.lastIndex;
}
