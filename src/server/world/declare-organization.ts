import { createHash } from "node:crypto";
import type { NamedDocument, OrganizationRecord, OrganizationUnit } from "../iam/iam-records.ts";
import { fullAccess, type WorldOrganization } from "./organization-shape.ts";

type Attached = Pick<
  WorldOrganization["root"],
  "serviceControlPolicies" | "resourceControlPolicies"
>;

/** A checked organisation as IAM keeps it; the ids of its parts follow from its own and their names. */
export function declareOrganization(organization: WorldOrganization): OrganizationRecord {
  const { id, managementAccount, delegatedAdministrators, root } = organization;
  const rootId = `r-${hashOf(id).slice(0, 4)}`;
  return {
    id,
    managementAccountId: managementAccount,
    ...(delegatedAdministrators.length > 0 && { delegatedAdministrators }),
    root: {
      id: rootId,
      ...documentsOf(organization, root),
      units: unitsIn(organization, rootId, undefined),
      accounts: [
        ...(organization.accounts.has(managementAccount)
          ? []
          : [{ id: managementAccount, ...documentsOf(organization, everything) }]),
        ...accountsIn(organization, undefined),
      ],
    },
  };
}

const everything: Attached = {
  serviceControlPolicies: [fullAccess.serviceControl],
  resourceControlPolicies: [fullAccess.resourceControl],
};

function unitsIn(
  organization: WorldOrganization,
  rootId: string,
  parent: string | undefined,
): OrganizationUnit[] {
  return [...organization.units]
    .filter(([, unit]) => unit.parent === parent)
    .map(([name, unit]) => ({
      id: `ou-${rootId.slice(2)}-${hashOf(`${organization.id}/${name}`).slice(0, 8)}`,
      name,
      ...documentsOf(organization, unit),
      units: unitsIn(organization, rootId, name),
      accounts: accountsIn(organization, name),
    }));
}

function accountsIn(organization: WorldOrganization, unit: string | undefined) {
  return [...organization.accounts]
    .filter(([, member]) => member.unit === unit)
    .map(([id, member]) => ({ id, ...documentsOf(organization, member) }));
}

/** Source: Organizations User Guide, "Service control policies" and "Resource control policies". */
const ofAws = {
  serviceControl: { Effect: "Allow", Action: "*", Resource: "*" },
  resourceControl: { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
};

function documentsOf(organization: WorldOrganization, attached: Attached) {
  const documents = (kind: "serviceControl" | "resourceControl"): NamedDocument[] =>
    attached[`${kind}Policies`].map((name) => {
      const own = organization[`${kind}Policies`].get(name);
      const Statement = [ofAws[kind]];
      return { name, document: own ?? JSON.stringify({ Version: "2012-10-17", Statement }) };
    });
  return {
    serviceControl: documents("serviceControl"),
    resourceControl: documents("resourceControl"),
  };
}

/** Letters and digits, as in AWS's ids. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
