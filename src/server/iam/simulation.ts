import type { CallerLayers, NamedPolicy } from "../../policy/access-layers.ts";
import type { AccessQuestion } from "../../policy/combine-layers.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { matchingStatements } from "../../policy/evaluate.ts";
import { type ContextLookup, type KnownPrincipal, principalValue } from "../../policy/request.ts";

/** A policy of a simulation, and where its text comes from. */
export interface SimulatedPolicy extends NamedPolicy {
  readonly document: string;
  readonly type: "IAM Policy" | "Permissions Boundary Policy" | "Resource Policy";
}

/** What is asked again and again, of other actions and resources. */
export interface Simulation {
  readonly principal: KnownPrincipal;
  readonly identity: readonly SimulatedPolicy[];
  readonly boundary: SimulatedPolicy | undefined;
  readonly resourcePolicy: SimulatedPolicy | undefined;
  readonly serviceControl: CallerLayers["serviceControl"];
  readonly sameAccount: boolean;
  readonly context: ContextLookup;
}

export interface SimulatedDecision {
  readonly decision: "allowed" | "explicitDeny" | "implicitDeny";
  readonly matched: readonly { readonly policy: SimulatedPolicy; readonly index: number }[];
  /** Condition keys that were asked for and not given. */
  readonly missing: readonly string[];
  /** Undefined: there is none. */
  readonly allowedByOrganizations: boolean | undefined;
  readonly allowedByBoundary: boolean | undefined;
}

/** What our own evaluator says of one action on one resource. */
export function simulate(
  simulation: Simulation,
  action: string,
  resource: string,
): SimulatedDecision {
  const { principal, identity, boundary, resourcePolicy, serviceControl, context } = simulation;
  const question: AccessQuestion = {
    request: { principal, action, resource, context },
    resourcePolicy: resourcePolicy?.policy,
    caller: {
      identity,
      ...(boundary !== undefined && { boundary }),
      ...(serviceControl !== undefined && { serviceControl }),
    },
    sameAccount: simulation.sameAccount,
  };
  const decided = decideAccess(question);
  const all = [...identity, ...present(boundary), ...present(resourcePolicy)];
  return {
    decision: decided.outcome,
    matched: matches(all, question, decided.outcome === "explicitDeny"),
    missing: missingKeys(
      all.map(({ policy }) => policy),
      action,
      simulation,
    ),
    allowedByOrganizations: serviceControl?.every((level) => allow(level, question)),
    allowedByBoundary: boundary && allow([boundary], question),
  };
}

/** Whether these policies allow the request, and none of them denies it. */
function allow(policies: readonly NamedPolicy[], { request }: AccessQuestion): boolean {
  const effects = new Set(
    policies.flatMap(({ policy }) =>
      matchingStatements(policy, request).map(({ statement }) => statement.effect),
    ),
  );
  return effects.has("Allow") && !effects.has("Deny");
}

function present<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}

/** Of a denied request the Denies, else the Allows. */
function matches(
  policies: readonly SimulatedPolicy[],
  { request }: AccessQuestion,
  denied: boolean,
): SimulatedDecision["matched"] {
  return policies.flatMap((policy) =>
    matchingStatements(policy.policy, request)
      .filter(({ statement }) => (statement.effect === "Deny") === denied)
      .map(({ reference }) => ({ policy, index: reference.index })),
  );
}

function missingKeys(
  policies: readonly CompiledPolicy[],
  action: string,
  { context, principal }: Simulation,
): readonly string[] {
  const statements = policies.flatMap((policy) => policy.forAction(action).statements);
  const keys = new Set(statements.flatMap((statement) => namesOfKeys(statement)));
  return [...keys].filter((key) => {
    const name = key.toLowerCase();
    return context(name) === undefined && principalValue(principal, name) === undefined;
  });
}

/** Condition keys of a statement, as they are written where they stand in a condition. */
export function namesOfKeys({
  keys,
  conditions,
}: CompiledPolicy["statements"][number]): readonly string[] {
  const written = new Map(conditions.map(({ clause }) => [clause.key.toLowerCase(), clause.key]));
  return keys.map((key) => written.get(key) ?? key);
}
