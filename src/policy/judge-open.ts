import type { CallerLayers, LayerName, NamedPolicy } from "./access-layers.ts";
import {
  type AccessQuestion,
  type Assess,
  type Combined,
  combineLayers,
  policiesOfLayer,
} from "./combine-layers.ts";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { type ConditionMatch, withActual } from "./compile-condition.ts";
import { type Reach, reachOf } from "./compile-principals.ts";
import {
  type CompiledStatement,
  matchStatement,
  type PreparedRequest,
  prepareRequest,
} from "./compile-statement.ts";
import { parseOperator } from "./condition-operators.ts";
import { furthest } from "./evaluate.ts";
import type { Statement, StatementReference } from "./policy.ts";

/** What is not known of a question. */
export interface OpenFacts {
  /** Whether the request may carry the condition key, in lower case, and nobody knows its value. */
  readonly isOpenKey: (key: string) => boolean;
  /** Layers of which a policy could not be read. */
  readonly unreadable: ReadonlySet<LayerName>;
  /** RestrictPublicBuckets could not be read; it is taken for either. Default false. */
  readonly restrictionIsOpen?: boolean;
}

/** `unknown`: what is not known decides. */
export type OpenVerdict = Combined | { readonly outcome: "unknown"; readonly worst: Combined };

/**
 * As `decideAccess`, where not everything is known: what is open is taken for the caller once and
 * against it once, by the same rules. Only what both agree on is certain.
 */
export function judgeOpen(question: AccessQuestion, open: OpenFacts): OpenVerdict {
  const best = combined(question, open, "best");
  if (best.outcome !== "allowed") return best;
  const worst = combined(question, open, "worst");
  return worst.outcome === "allowed" ? worst : { outcome: "unknown", worst };
}

type View = "best" | "worst";

function combined(question: AccessQuestion, open: OpenFacts, view: View): Combined {
  const request = prepareRequest(question.request);
  const assess: Assess = (policy) => assessIn(policy, request, open, view);
  return combineLayers(withStandIns(question, open, view), assess);
}

function assessIn(
  policy: CompiledPolicy,
  request: PreparedRequest,
  open: OpenFacts,
  view: View,
): ReturnType<Assess> {
  let reach: Reach | undefined;
  for (const compiled of policy.forAction(request.action).statements) {
    const fit = fitOf(compiled, request, open);
    if (fit === "no") continue;
    const isDeny = compiled.statement.effect === "Deny";
    const counts = fit === "yes" || (view === "worst") === isDeny;
    if (!counts) continue;
    if (isDeny) return { denies: true, reach: undefined };
    const as = compiled.principals.match(request.caller);
    if (as !== undefined) reach = furthest(reach, reachOf(as));
  }
  return { denies: false, reach };
}

/** Whether a statement that covers the action fits the request; `open`: it hangs on what is not known. */
function fitOf(
  compiled: CompiledStatement,
  request: PreparedRequest,
  { isOpenKey }: OpenFacts,
): "yes" | "no" | "open" {
  const { principals, conditions, resourceKeys } = compiled;
  if (principals.match(request.caller) === undefined) return "no";
  const isOpen = (keys: readonly string[]): boolean => keys.some(isOpenKey);
  const openConditions = conditions.filter(
    ({ clause, keys }) => isOpen(keys) || parseOperator(clause.operator) === undefined,
  );
  if (openConditions.length === 0 && !isOpen(resourceKeys)) {
    return matchStatement(compiled, request) === undefined ? "no" : "yes";
  }
  const { resource, lookup } = request;
  if (!isOpen(resourceKeys) && !compiled.coversResource(resource, lookup)) return "no";
  const known = conditions.filter((condition) => !openConditions.includes(condition));
  return known.every((condition) => condition.holds(lookup)) ? "open" : "no";
}

const statementOf = (effect: Statement["effect"]): Statement => ({
  effect,
  principals: { negated: false, entries: [{ type: "AWS", value: "*" }] },
  actions: { negated: false, patterns: ["*"] },
  resources: { negated: false, patterns: ["*"] },
  conditions: [],
});

/** In place of policies that could not be read. Not public, so that it opens no other question. */
const standIns: Readonly<Record<View, NamedPolicy>> = {
  best: { name: "unreadable", policy: standIn("Allow") },
  worst: { name: "unreadable", policy: standIn("Deny") },
};

function standIn(effect: Statement["effect"]): CompiledPolicy {
  const policy = compilePolicy({ version: "2012-10-17", statements: [statementOf(effect)] });
  return { ...policy, isPublic: false };
}

function withStandIns(
  question: AccessQuestion,
  { unreadable, restrictionIsOpen }: OpenFacts,
  view: View,
): AccessQuestion {
  const other = standIns[view];
  const { caller } = question;
  const has = (layer: LayerName): boolean => unreadable.has(layer);
  const own: CallerLayers = {
    ...caller,
    ...(has("identity") && { identity: [...caller.identity, other] }),
    ...(has("boundary") && { boundary: other }),
    ...(has("session") && { session: [other] }),
    ...(has("service-control") && { serviceControl: [[other]] }),
  };
  return {
    ...question,
    caller: own,
    ...(has("resource") && { resourcePolicy: other.policy }),
    ...(has("resource-control") && { resourceControl: [[other]] }),
    ...(has("vpc-endpoint") && { vpcEndpoint: other }),
    ...(restrictionIsOpen === true && { restrictPublicBuckets: view === "worst" }),
  };
}

/** A statement that has a say, and where it stands. */
export interface FittingStatement {
  readonly layer: LayerName;
  readonly policy: string;
  readonly reference: StatementReference;
  readonly statement: Statement;
  /** False: it hangs on `openKeys`. */
  readonly certain: boolean;
  readonly conditions: readonly ConditionMatch[];
  /** Condition keys and operators that are not known, as they are written where they stand. */
  readonly openKeys: readonly string[];
}

const layers: readonly Exclude<LayerName, "resource">[] = [
  "resource-control",
  "service-control",
  "vpc-endpoint",
  "identity",
  "boundary",
  "session",
];

/** Every statement of every layer that fits the request, or may. */
export function fittingStatements(question: AccessQuestion, open: OpenFacts): FittingStatement[] {
  const { resourcePolicy } = question;
  const ofResource =
    resourcePolicy === undefined
      ? []
      : fittingOf({ name: "", policy: resourcePolicy }, "resource", question, open);
  const others = layers.flatMap((layer) =>
    policiesOfLayer(question, layer).flatMap((named) => fittingOf(named, layer, question, open)),
  );
  return [...ofResource, ...others];
}

function fittingOf(
  { name, policy }: NamedPolicy,
  layer: LayerName,
  question: AccessQuestion,
  open: OpenFacts,
): FittingStatement[] {
  const request = prepareRequest(question.request);
  return policy.forAction(request.action).statements.flatMap((compiled) => {
    const fit = fitOf(compiled, request, open);
    if (fit === "no") return [];
    const { statement, reference, conditions } = compiled;
    return [
      {
        layer,
        policy: name,
        reference,
        statement,
        certain: fit === "yes",
        conditions: conditions.map(({ clause }) => withActual(clause, request.lookup)),
        openKeys: openKeysOf(compiled, open),
      },
    ];
  });
}

function openKeysOf({ keys, conditions }: CompiledStatement, { isOpenKey }: OpenFacts): string[] {
  const written = new Map(conditions.map(({ clause }) => [clause.key.toLowerCase(), clause.key]));
  const operators = conditions.flatMap(({ clause: { operator } }) =>
    parseOperator(operator) === undefined ? [operator] : [],
  );
  return [...keys.filter(isOpenKey).map((key) => written.get(key) ?? key), ...operators];
}
