import { attachedPolicyKind, type AttachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { bucketPolicyKind } from "../../policy/bucket-policy-kind.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { PolicyKind } from "../../policy/policy-reading.ts";
import { type JsonSchema, type Place, type Read, type Shape, unfit } from "../../shapes/shape.ts";
import type { DocumentPath } from "../../shapes/document-faults.ts";

type DeclaredPolicyKind = AttachedPolicyKind | "bucket";

/**
 * A policy as a mapping, read as JSON text: as it would be put. What is wrong in it is told in the words
 * of the service that would refuse it. A bucket's stands in a mapping under the bucket's name.
 */
export function policy(kind: DeclaredPolicyKind, description: string): Shape<string> {
  return {
    schema: { description, $ref: `#/$defs/${kind}-policy` },
    read: (value, place) => {
      if (!(value instanceof Map)) {
        place.faults.add(place.path, "must be a policy: a mapping with Version and Statement");
        return unfit;
      }
      return readPolicy(kindOf(kind, place), value, place);
    },
  };
}

/** The text of a policy, where a service would take it as one of this kind. */
export function readPolicy(
  kind: PolicyKind,
  tree: ReadonlyMap<string, unknown>,
  place: Place,
): Read<string> {
  const text = jsonOf(tree);
  try {
    parsePolicyOf(kind, text);
    return text;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    addFault(error, tree, place);
    return unfit;
  }
}

function kindOf(kind: DeclaredPolicyKind, { path }: Place): PolicyKind {
  if (kind !== "bucket") return attachedPolicyKind(kind);
  return bucketPolicyKind({ bucket: String(path.at(-2)) });
}

function addFault(
  { message, detail, statement }: PolicyError,
  tree: ReadonlyMap<string, unknown>,
  { path, faults }: Place,
): void {
  const isTold = detail === undefined || message.includes(detail);
  const problem = `is refused as a policy: ${isTold ? message : `${message}: ${detail}`}`;
  const part = statementOf(tree, statement);
  const place = [...path, ...part.path];
  const hits = findTexts(part.tree, place, (detail ?? message).toLowerCase());
  const best = hits.toSorted((a, b) => b.length - a.length)[0];
  if (best?.atName === true) faults.addAtName(best.path, problem);
  else faults.add(best?.path ?? place, problem);
}

/** The statement of an index, or the whole policy. */
function statementOf(tree: ReadonlyMap<string, unknown>, index: number | undefined) {
  if (index === undefined) return { tree, path: [] };
  const listed = tree.get("Statement");
  if (!Array.isArray(listed)) return { tree: listed, path: ["Statement"] };
  return { tree: listed[index] as unknown, path: ["Statement", index] };
}

interface FoundText {
  readonly path: DocumentPath;
  readonly atName: boolean;
  readonly length: number;
}

/** Names and texts that `about` speaks of: the longest of them is what a message is about. */
function findTexts(tree: unknown, path: DocumentPath, about: string): FoundText[] {
  const speaksOf = (text: string): boolean =>
    text.length >= 3 && about.includes(text.toLowerCase());
  if (typeof tree === "string") {
    return speaksOf(tree) ? [{ path, atName: false, length: tree.length }] : [];
  }
  if (Array.isArray(tree)) {
    return tree.flatMap((item, index) => findTexts(item, [...path, index], about));
  }
  if (!(tree instanceof Map)) return [];
  return [...(tree as ReadonlyMap<string, unknown>)].flatMap(([name, value]) => [
    ...(speaksOf(name) ? [{ path: [...path, name], atName: true, length: name.length }] : []),
    ...findTexts(value, [...path, name], about),
  ]);
}

/** Of a tree as documents are read. */
function jsonOf(tree: unknown): string {
  if (Array.isArray(tree)) return `[${tree.map(jsonOf).join(",")}]`;
  if (!(tree instanceof Map)) return JSON.stringify(tree);
  const members = [...(tree as ReadonlyMap<string, unknown>)];
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`).join(",")}}`;
}

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const patterns = ref("patterns");
const either = (name: string) => ({
  oneOf: [{ required: [name] }, { required: [`Not${name}`] }],
});

const kinds: readonly DeclaredPolicyKind[] = [
  "identity",
  "service-control",
  "resource-control",
  "vpc-endpoint",
  "key",
  "trust",
  "bucket",
];

/** For the `$defs` of the schema: the form of each kind; what is in its texts, the parser alone knows. */
export const policySchemas: JsonSchema = {
  patterns: {
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" }, minItems: 1 }],
  },
  principals: {
    anyOf: [
      { const: "*" },
      {
        type: "object",
        properties: {
          AWS: patterns,
          CanonicalUser: patterns,
          Federated: patterns,
          Service: patterns,
        },
        additionalProperties: false,
        minProperties: 1,
      },
    ],
  },
  ...Object.fromEntries(
    kinds.flatMap((kind) => [
      [`${kind}-policy`, policySchema(kind)],
      [`${kind}-statement`, statementSchema(kind)],
    ]),
  ),
};

function policySchema(kind: DeclaredPolicyKind): JsonSchema {
  const statement = ref(`${kind}-statement`);
  return {
    type: "object",
    properties: {
      Version: { enum: ["2012-10-17", "2008-10-17"] },
      Id: { type: "string" },
      Statement: { anyOf: [statement, { type: "array", items: statement, minItems: 1 }] },
    },
    required: ["Statement"],
    additionalProperties: false,
  };
}

function statementSchema(kind: DeclaredPolicyKind): JsonSchema {
  const hasPrincipals = kind !== "identity" && kind !== "service-control";
  const hasResources = kind !== "trust";
  const principals = ref("principals");
  return {
    type: "object",
    properties: {
      Sid: { type: "string" },
      Effect: { enum: ["Allow", "Deny"] },
      ...(hasPrincipals && { Principal: principals, NotPrincipal: principals }),
      Action: patterns,
      NotAction: patterns,
      ...(hasResources && { Resource: patterns, NotResource: patterns }),
      Condition: { type: "object", additionalProperties: { type: "object" } },
    },
    required: ["Effect"],
    allOf: [
      either("Action"),
      ...(hasPrincipals ? [either("Principal")] : []),
      ...(hasResources ? [either("Resource")] : []),
    ],
    additionalProperties: false,
  };
}
