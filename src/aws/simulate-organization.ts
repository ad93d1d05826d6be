import type { IAMClient } from "@aws-sdk/client-iam";
import type { OrganizationVerdict, SimulationWish } from "../core/policy-sources.ts";

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
    ContextEntries: Array.from(context, ([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyType: "string" as const,
      ContextKeyValues: [value],
    })),
  });
  const { EvaluationResults: [result] = [] } = await client.send(command);
  return { allowed: result?.OrganizationsDecisionDetail?.AllowedByOrganizations };
}
