import type { LayerName, NamedPolicy, OrganizationLevel } from "./access-layers.ts";
import { type AccessQuestion, levelsOfLayer, policiesOfLayer } from "./combine-layers.ts";
import { describeCondition } from "./compile-condition.ts";
import type { FailedElement } from "./compile-statement.ts";
import type { DeniedAccess } from "./decide-access.ts";
import { layerWords } from "./denial-message.ts";
import { evaluatePolicy, isNearer, type NearestMiss } from "./evaluate.ts";
import { describeStatement, type StatementReference } from "./policy.ts";

/** Why a request was refused, for whoever runs the server; AWS tells callers less. */
export interface DenialVerdict {
  readonly outcome: DeniedAccess["outcome"];
  readonly layer: DeniedAccess["layer"];
  readonly action: string;
  readonly resource: string;
  /** Of a Deny: where it stands, and its conditions as they met the request. */
  readonly denial?: {
    readonly policy: string;
    readonly statement: StatementReference;
    readonly conditions: readonly string[];
    /** Of the organisation, where it is attached. */
    readonly place?: string;
  };
  /** Where an organisation allows it not: the first such place on the way to the account. */
  readonly level?: { readonly place: string; readonly policies: readonly string[] };
  /** Where no Allow was found: the one that failed in the fewest elements. */
  readonly nearestMiss?: {
    readonly policy: string;
    readonly statement: StatementReference;
    readonly failed: readonly FailedElement[];
  };
}

/** Goes through the policies again, which costs more than the decision. Pure. */
export function explainDenial({
  outcome,
  layer,
  question,
}: Omit<DeniedAccess, "message">): DenialVerdict {
  const { action, resource } = question.request;
  const verdict = { outcome, layer, action, resource };
  if (layer === "public-access-block") return verdict;
  const policies = policiesOf(question, layer);
  if (outcome === "explicitDeny") {
    const { denial } = findDenial(question, policies);
    if (denial === undefined) return verdict;
    const at = levelsOfLayer(question, layer).find((level) =>
      level.some(({ name }) => name === denial.policy),
    );
    return {
      ...verdict,
      denial: { ...denial, ...(at?.place !== undefined && { place: at.place }) },
    };
  }
  const closed = levelsOfLayer(question, layer).find((level) => !allows(question, level));
  if (closed !== undefined) {
    const level = closed.place !== undefined && {
      level: { place: closed.place, policies: closed.map(({ name }) => name) },
    };
    return { ...verdict, ...level, ...findMiss(question, closed) };
  }
  // In one account either side may allow, so that the Allow may be missing on both.
  const others = layer === "identity" ? policiesOf(question, "resource") : [];
  return { ...verdict, ...findMiss(question, [...policies, ...others]) };
}

/** One line: the layer, and what decided there. */
export function describeDenial({
  outcome,
  layer,
  action,
  resource,
  denial,
  level,
  nearestMiss,
}: DenialVerdict): string {
  const what = `${action} on ${resource}`;
  if (layer === "public-access-block") return `${what}: RestrictPublicBuckets keeps others out`;
  const words = layerWords[layer];
  if (outcome === "explicitDeny") {
    const at = denial?.place === undefined ? "" : ` at ${denial.place}`;
    const where = denial && `${at}: ${denial.policy}, ${describeStatement(denial.statement)}`;
    const conditions = (denial?.conditions ?? []).map((one) => `; ${one}`).join("");
    return `${what}: denied by ${words}${where ?? ""}${conditions}`;
  }
  const missing = `${what}: no ${words} allows it${describeLevel(level)}`;
  if (nearestMiss === undefined) return missing;
  const { policy, statement, failed } = nearestMiss;
  const why = failed.map(({ element, detail }) => `${element}: ${detail}`).join("; ");
  return `${missing}; nearest is ${policy}, ${describeStatement(statement)}: ${why}`;
}

function describeLevel(level: DenialVerdict["level"]): string {
  if (level === undefined) return "";
  const { place, policies } = level;
  const attached = policies.length === 0 ? "none is attached" : `attached: ${policies.join(", ")}`;
  return ` at ${place} (${attached})`;
}

function allows({ request }: AccessQuestion, level: OrganizationLevel): boolean {
  return level.some(({ policy }) => evaluatePolicy(policy, request).decision === "allow");
}

function policiesOf(question: AccessQuestion, layer: LayerName): readonly NamedPolicy[] {
  if (layer !== "resource") return policiesOfLayer(question, layer);
  const { resourcePolicy: policy } = question;
  return policy === undefined ? [] : [{ name: "the policy of the resource", policy }];
}

function findDenial(
  { request }: AccessQuestion,
  policies: readonly NamedPolicy[],
): Pick<DenialVerdict, "denial"> {
  for (const { name, policy } of policies) {
    const { decision, statement, conditions } = evaluatePolicy(policy, request);
    if (decision !== "deny" || statement === undefined) continue;
    const described = conditions.map(describeCondition);
    return { denial: { policy: name, statement, conditions: described } };
  }
  return {};
}

function findMiss(
  { request }: AccessQuestion,
  policies: readonly NamedPolicy[],
): Pick<DenialVerdict, "nearestMiss"> {
  let nearest: { readonly name: string; readonly miss: NearestMiss } | undefined;
  for (const { name, policy } of policies) {
    const { nearestMiss: miss } = evaluatePolicy(policy, request, { explain: true });
    if (miss !== undefined && isNearer(miss, nearest?.miss)) nearest = { name, miss };
  }
  return nearest === undefined ? {} : { nearestMiss: { policy: nearest.name, ...nearest.miss } };
}
