import { setImmediate as nextTurn } from "node:timers/promises";
import { iamLimits } from "../../../core/iam-limits.ts";
import { findStatementSpans } from "../../../policy/statement-spans.ts";
import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import { positionOf } from "../../identities/positioned-json.ts";
import { type IamCall, type IamOperations, judge } from "../iam-call.ts";
import { memberList, pageOf } from "../page.ts";
import { type SimulatedDecision, type SimulatedPolicy, simulate } from "../simulation.ts";
import {
  type Asked,
  contextKeysOf,
  customPolicies,
  customSimulation,
  principalSimulation,
  sourcePolicies,
} from "../simulation-input.ts";

/** What somebody could do, found out by the evaluator that judges requests. */
export const simulateOperations: IamOperations = {
  SimulateCustomPolicy: async (call) => {
    judge(call, "SimulateCustomPolicy", { arn: "*" });
    return await answer(call, customSimulation(call));
  },

  SimulatePrincipalPolicy: async (call) =>
    await answer(call, principalSimulation(call, "SimulatePrincipalPolicy")),

  GetContextKeysForCustomPolicy: (call) => {
    judge(call, "GetContextKeysForCustomPolicy", { arn: "*" });
    return [memberList("ContextKeyNames", contextKeysOf(customPolicies(call)))];
  },

  GetContextKeysForPrincipalPolicy: (call) => {
    const source = sourcePolicies(call, "GetContextKeysForPrincipalPolicy");
    return [memberList("ContextKeyNames", contextKeysOf([...source, ...customPolicies(call)]))];
  },
};

/** How long others wait at most for a decision that is not the first of its turn. */
const turnMs = 10;

async function answer(
  { input }: IamCall,
  { simulation, actions, resources }: Asked,
): Promise<readonly XmlNode[]> {
  const all = actions.flatMap((action, index) =>
    resources.map((resource, place) => ({
      key: String(index * iamLimits.simulatedResources + place).padStart(9, "0"),
      item: { action, resource },
    })),
  );
  const { items, more } = pageOf(input, all);
  const results: XmlNode[][] = [];
  let since = Number.NEGATIVE_INFINITY;
  for (const { action, resource } of items) {
    if (performance.now() - since > turnMs) {
      await nextTurn();
      since = performance.now();
    }
    results.push(renderDecision(action, resource, simulate(simulation, action, resource)));
  }
  return [memberList("EvaluationResults", results), ...more];
}

function renderDecision(
  action: string,
  resource: string,
  { decision, matched, missing, ...limits }: SimulatedDecision,
): XmlNode[] {
  const { allowedByOrganizations, allowedByBoundary } = limits;
  return [
    element("EvalActionName", action),
    element("EvalResourceName", resource),
    element("EvalDecision", decision),
    memberList(
      "MatchedStatements",
      matched.map(({ policy, index }) => renderMatch(policy, index)),
    ),
    memberList("MissingContextValues", missing),
    ...(allowedByOrganizations === undefined
      ? []
      : [
          element(
            "OrganizationsDecisionDetail",
            element("AllowedByOrganizations", allowedByOrganizations),
          ),
        ]),
    ...(allowedByBoundary === undefined
      ? []
      : [
          element(
            "PermissionsBoundaryDecisionDetail",
            element("AllowedByPermissionsBoundary", allowedByBoundary),
          ),
        ]),
  ];
}

function renderMatch({ name, type, document }: SimulatedPolicy, index: number): XmlNode[] {
  const span = findStatementSpans(document)?.statements[index];
  const position = (place: string, offset: number): XmlNode => {
    const { line, column } = positionOf(document, offset);
    return element(place, element("Line", line), element("Column", column));
  };
  return [
    element("SourcePolicyId", name),
    element("SourcePolicyType", type),
    ...(span === undefined
      ? []
      : [position("StartPosition", span.start), position("EndPosition", span.end)]),
  ];
}
