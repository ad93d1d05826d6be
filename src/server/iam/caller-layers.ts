import type { RecordReader } from "../../engine/records.ts";
import type { CallerLayers, NamedPolicy, OrganizationLevels } from "../../policy/access-layers.ts";
import {
  iamTables,
  nameKey,
  type PolicyHolder,
  type PolicyRecord,
  type RoleRecord,
  type UserRecord,
} from "./iam-records.ts";
import { parseIamArn } from "./iam-arn.ts";
import { findManagedPolicy } from "./managed-policies.ts";
import type { OrganizationStep } from "./organization-place.ts";
import type { PolicyDocuments } from "./policy-documents.ts";

export interface LayerSource {
  readonly records: RecordReader;
  readonly documents: PolicyDocuments;
}

/** Everything on the side of a user, its groups' policies included. */
export function layersOfUser(
  source: LayerSource,
  user: UserRecord,
  serviceControl: OrganizationLevels | undefined,
): CallerLayers {
  const groups = user.groups.flatMap(
    (name) => iamTables.groups.get(source.records, nameKey(user.accountId, name)) ?? [],
  );
  const identity = [user, ...groups].flatMap((holder) => policiesOf(source, holder));
  return { identity, ...boundaryOf(source, user), ...(serviceControl && { serviceControl }) };
}

/** Everything on the side of a role but the policies of a session. */
export function layersOfRole(
  source: LayerSource,
  role: RoleRecord,
  serviceControl: OrganizationLevels | undefined,
): CallerLayers {
  const identity = policiesOf(source, role);
  // Policies of the organisation do not limit the roles that services make for themselves.
  const levels = role.path.startsWith("/aws-service-role/") ? undefined : serviceControl;
  return { identity, ...boundaryOf(source, role), ...(levels && { serviceControl: levels }) };
}

export function levelsOf(
  documents: PolicyDocuments,
  kind: "service-control" | "resource-control",
  levels: readonly OrganizationStep[],
): OrganizationLevels {
  const field = kind === "service-control" ? "serviceControl" : "resourceControl";
  return levels.map((level) => {
    const named = level[field].map(({ name, document }) => documents.named(kind, name, document));
    return Object.assign(named, { place: level.place });
  });
}

/** The document of a managed policy that is in force; undefined: there is no such policy. */
export function findPolicyDocument(records: RecordReader, arn: string): string | undefined {
  const ofAws = findManagedPolicy(arn);
  if (ofAws !== undefined) return ofAws.document;
  const policy = findPolicyRecord(records, arn);
  return policy?.versions.find(({ id }) => id === policy.defaultVersionId)?.document;
}

/** Of a customer's managed policy. */
function findPolicyRecord(records: RecordReader, arn: string): PolicyRecord | undefined {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== "policy") return undefined;
  const found = iamTables.policies.get(records, nameKey(parsed.accountId, parsed.name));
  return found?.name === parsed.name && found.path === parsed.path ? found : undefined;
}

function policiesOf({ records, documents }: LayerSource, holder: PolicyHolder): NamedPolicy[] {
  const inline = Object.entries(holder.inline).map(([name, document]) =>
    documents.named("identity", name, document),
  );
  const attached = holder.attached.flatMap((arn) => {
    const document = findPolicyDocument(records, arn);
    return document === undefined ? [] : [documents.named("identity", arn, document)];
  });
  return [...inline, ...attached];
}

/** A boundary that is not there any more lets nothing through. */
function boundaryOf(
  { records, documents }: LayerSource,
  { boundary }: UserRecord | RoleRecord,
): Pick<CallerLayers, "boundary"> {
  if (boundary === undefined) return {};
  const document = findPolicyDocument(records, boundary);
  if (document === undefined) return { boundary: { name: boundary, policy: documents.nothing } };
  return { boundary: documents.named("identity", boundary, document) };
}
