import type { OrganizationPolicies, PolicyDocument } from "../core/policy-sources.ts";
import type { NamedPolicy, OrganizationLevels } from "./access-layers.ts";
import { attachedPolicyKind } from "./attached-policy-kind.ts";
import { compilePolicy } from "./compile-policy.ts";
import { parseStoredPolicyOf } from "./parse.ts";

/** Undefined: policies of this kind limit nothing in the account. Throws PolicyError. */
export function levelsIn(
  organization: OrganizationPolicies | undefined,
  kind: "service-control" | "resource-control",
): OrganizationLevels | undefined {
  const field = kind === "service-control" ? "serviceControl" : "resourceControl";
  if (organization === undefined || organization.isManagement) return undefined;
  if (!organization.kinds.has(field)) return undefined;
  return organization.steps.map((step) =>
    Object.assign(
      step[field].map((document) => named(kind, document)),
      { place: step.place },
    ),
  );
}

function named(
  kind: "service-control" | "resource-control",
  { name, text }: PolicyDocument,
): NamedPolicy {
  const { policy } = parseStoredPolicyOf(attachedPolicyKind(kind), text);
  return { name, policy: compilePolicy(policy) };
}
