import type { IAMClient } from "@aws-sdk/client-iam";
import { boundedPages } from "./bounded-pages.ts";
import type {
  OrganizationVerdict,
  OwnSimulationWish,
  SimulatedAccess,
  SimulationWish,
} from "../core/policy-sources.ts";

/**
 * What the organisation's service control policies say, by IAM's simulator: who may not read them is
 * told their verdict there. Source: IAM API reference, SimulatePrincipalPolicy,
 * "OrganizationsDecisionDetail".
 */
export async function simulateOrganization(
  client: IAMClient,
  { principalArn, action, resource, context }: SimulationWish,
): Promise<OrganizationVerdict> {
  const { SimulatePrincipalPolicyCommand } = await import("@aws-sdk/client-iam");
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: principalArn,
    ActionNames: [action],
    ResourceArns: [resource],
    ContextEntries: entriesOf(context),
  });
  const { EvaluationResults: [result] = [] } = await client.send(command);
  return { allowed: result?.OrganizationsDecisionDetail?.AllowedByOrganizations };
}

/** What a user or role may do by its own policies. Source: IAM API reference, SimulatePrincipalPolicy. */
export async function simulateOwn(
  client: IAMClient,
  { principalArn, actions, resources, context }: OwnSimulationWish,
): Promise<SimulatedAccess[]> {
  const { paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    {
      PolicySourceArn: principalArn,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ContextEntries: entriesOf(context),
    },
  );
  const found: SimulatedAccess[] = [];
  for await (const { EvaluationResults = [] } of boundedPages("SimulatePrincipalPolicy")(pages)) {
    for (const result of EvaluationResults) {
      const { ResourceSpecificResults: parts = [] } = result;
      const decisions =
        parts.length === 0
          ? [{ ...result, resource: result.EvalResourceName, decision: result.EvalDecision }]
          : parts.map((part) => ({
              ...part,
              resource: part.EvalResourceName,
              decision: part.EvalResourceDecision,
            }));
      for (const { resource = "*", decision, MissingContextValues = [] } of decisions) {
        found.push({
          action: result.EvalActionName ?? "",
          resource,
          isAllowed: decision === "allowed",
          missingKeys: MissingContextValues,
        });
      }
    }
  }
  return found;
}

function entriesOf(context: ReadonlyMap<string, string>) {
  return Array.from(context, ([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: "string" as const,
    ContextKeyValues: [value],
  }));
}
