import { createHash } from "node:crypto";
import type {
  NamedDocument,
  OrganizationAccount,
  OrganizationRecord,
  OrganizationUnit,
} from "../iam/iam-records.ts";
import { fullAccess } from "../world/organization-shape.ts";

type PolicyType = "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";

/** A root, unit or account as the API tells it. */
export interface OrganizationNode {
  readonly kind: "ROOT" | "ORGANIZATIONAL_UNIT" | "ACCOUNT";
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** Undefined: the root. */
  readonly parent: OrganizationNode | undefined;
  readonly policies: readonly OrganizationPolicy[];
}

export interface OrganizationPolicy {
  /** `p-...` */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: PolicyType;
  readonly awsManaged: boolean;
  readonly document: string;
}

export interface OrganizationTree {
  readonly id: string;
  readonly arn: string;
  readonly managementAccountId: string;
  readonly managementArn: string;
  /** From the root down, parents before what is in them. */
  readonly nodes: readonly OrganizationNode[];
  /** Those that are attached somewhere, each once. */
  readonly policies: readonly OrganizationPolicy[];
}

/** An organisation with the names that Organizations gives its parts. Source: Organizations API reference. */
export function organizationTree(record: OrganizationRecord, partition: string): OrganizationTree {
  const { id, managementAccountId, root } = record;
  const base = `arn:${partition}:organizations::${managementAccountId}`;
  const nodes: OrganizationNode[] = [];
  const add = (
    place: OrganizationUnit | OrganizationAccount,
    parent: OrganizationNode | undefined,
  ): void => {
    const kind = !("units" in place)
      ? "ACCOUNT"
      : parent === undefined
        ? "ROOT"
        : "ORGANIZATIONAL_UNIT";
    const node: OrganizationNode = {
      kind,
      id: place.id,
      arn: `${base}:${words[kind]}/${id}/${place.id}`,
      name: kind === "ROOT" ? "Root" : (("name" in place ? place.name : undefined) ?? place.id),
      parent,
      policies: [
        ...policiesOf(place.serviceControl, "SERVICE_CONTROL_POLICY", { base, id, partition }),
        ...policiesOf(place.resourceControl, "RESOURCE_CONTROL_POLICY", { base, id, partition }),
      ],
    };
    nodes.push(node);
    if (!("units" in place)) return;
    for (const below of [...place.units, ...place.accounts]) add(below, node);
  };
  add(root, undefined);
  const all = nodes.flatMap(({ policies }) => policies);
  return {
    id,
    arn: `${base}:organization/${id}`,
    managementAccountId,
    managementArn: `${base}:account/${id}/${managementAccountId}`,
    nodes,
    policies: [...new Map(all.map((policy) => [policy.id, policy])).values()],
  };
}

const words = { ROOT: "root", ORGANIZATIONAL_UNIT: "ou", ACCOUNT: "account" } as const;

interface PolicyPlace {
  readonly base: string;
  readonly id: string;
  readonly partition: string;
}

const ofAws: ReadonlySet<string> = new Set(Object.values(fullAccess));

function policiesOf(
  documents: readonly NamedDocument[],
  type: PolicyType,
  { base, id, partition }: PolicyPlace,
): OrganizationPolicy[] {
  const kind = type.toLowerCase();
  return documents.map(({ name, document }) => {
    const awsManaged = ofAws.has(name);
    const policyId = `p-${awsManaged ? name : hashOf(`${id}/${kind}/${name}`).slice(0, 8)}`;
    const arn = awsManaged
      ? `arn:${partition}:organizations::aws:policy/${kind}/${policyId}`
      : `${base}:policy/${id}/${kind}/${policyId}`;
    return { id: policyId, arn, name, type, awsManaged, document };
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
