import type { Organization } from "../../policy/request.ts";
import type {
  NamedDocument,
  OrganizationAccount,
  OrganizationRecord,
  OrganizationUnit,
} from "./iam-records.ts";

/** Where an account stands in an organisation, and what limits it from there. */
export interface OrganizationPlace extends Organization {
  /** Its policies limit neither the principals nor the resources of this account. */
  readonly isManagement: boolean;
  /** From the root to the account. */
  readonly serviceControl: readonly (readonly NamedDocument[])[];
  readonly resourceControl: readonly (readonly NamedDocument[])[];
}

/** Undefined: the account is in none of the organisations. */
export function placeOf(
  organizations: readonly OrganizationRecord[],
  accountId: string,
): OrganizationPlace | undefined {
  for (const { id, root, managementAccountId } of organizations) {
    const way = wayTo(root, accountId);
    if (way === undefined) continue;
    const units = way.slice(0, -1).map((level) => `${level.id}/`);
    return {
      id,
      path: `${id}/${units.join("")}`,
      isManagement: accountId === managementAccountId,
      serviceControl: way.map((level) => level.serviceControl),
      resourceControl: way.map((level) => level.resourceControl),
    };
  }
  return undefined;
}

/** The units from this one to the account, the account last. */
function wayTo(
  unit: OrganizationUnit,
  accountId: string,
): (OrganizationUnit | OrganizationAccount)[] | undefined {
  const account = unit.accounts.find(({ id }) => id === accountId);
  if (account !== undefined) return [unit, account];
  for (const below of unit.units) {
    const way = wayTo(below, accountId);
    if (way !== undefined) return [unit, ...way];
  }
  return undefined;
}
