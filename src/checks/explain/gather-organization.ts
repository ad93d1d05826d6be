import type { OrganizationPolicies, PolicyDocument } from "../../core/policy-sources.ts";
import type { NamedPolicy, OrganizationLevels } from "../../policy/access-layers.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicyOf } from "../../policy/parse.ts";
import type { AccessSources } from "./gather-access.ts";
import { see, type Seen } from "./see.ts";

/** Of an account, as far as it may be read; asked once for each. Undefined value: in no organisation. */
export type OrganizationReader = (
  accountId: string,
) => Promise<Seen<OrganizationPolicies | undefined>>;

export function organizationReader({
  policies,
}: Pick<AccessSources, "policies">): OrganizationReader {
  const read = new Map<string, Promise<Seen<OrganizationPolicies | undefined>>>();
  return (accountId) => {
    const known = read.get(accountId);
    if (known !== undefined) return known;
    const reading = see("the organisation's policies", () =>
      policies.organizationPolicies(accountId),
    );
    read.set(accountId, reading);
    return reading;
  };
}

/** Undefined: policies of this kind limit nothing in the account. */
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
