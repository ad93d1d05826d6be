import type { OrganizationPolicies } from "../../core/policy-sources.ts";
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
