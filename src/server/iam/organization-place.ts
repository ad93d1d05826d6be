import type { Organization } from "../../policy/request.ts";
import type {
  NamedDocument,
  OrganizationAccount,
  OrganizationRecord,
  OrganizationUnit,
} from "./iam-records.ts";

/** What is attached at a place on the way to an account. */
export interface OrganizationStep {
  /** In words, such as `unit science`. */
  readonly place: string;
  readonly serviceControl: readonly NamedDocument[];
  readonly resourceControl: readonly NamedDocument[];
}

/** Where an account stands in an organisation, and what limits it from there. */
export interface OrganizationPlace extends Organization {
  /** Its policies limit neither the principals nor the resources of this account. */
  readonly isManagement: boolean;
  /** From the root to the account. */
  readonly levels: readonly OrganizationStep[];
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
      levels: way.map((level) => ({ ...level, place: placeInWords(level) })),
    };
  }
  return undefined;
}

function placeInWords(level: OrganizationUnit | OrganizationAccount): string {
  if (!("units" in level)) return `account ${level.id}`;
  if (level.id.startsWith("r-")) return `the root ${level.id}`;
  return level.name === undefined ? `unit ${level.id}` : `unit ${level.name}`;
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
