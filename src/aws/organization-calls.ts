import type {
  ListPoliciesForTargetRequest,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { StorageError } from "../core/errors.ts";
import { listingLimits } from "../core/listing-limits.ts";
import { policyLimits } from "../core/policy-limits.ts";
import type {
  OrganizationPolicies,
  OrganizationStep,
  PolicyDocument,
} from "../core/policy-sources.ts";
import { type BoundedPages, boundedPages } from "./bounded-pages.ts";
import { readAnswer } from "./answer-error.ts";

type Kind = "serviceControl" | "resourceControl";

const types = {
  serviceControl: "SERVICE_CONTROL_POLICY",
  resourceControl: "RESOURCE_CONTROL_POLICY",
} as const satisfies Record<Kind, ListPoliciesForTargetRequest["Filter"]>;

interface Place {
  readonly id: string;
  readonly place: string;
}

/** What is attached from the root to an account. Undefined: the caller's account is in no organisation. */
export async function readOrganizationPolicies(
  client: OrganizationsClient,
  accountId: string,
): Promise<OrganizationPolicies | undefined> {
  const { DescribeOrganizationCommand } = await import("@aws-sdk/client-organizations");
  const answer = await client.send(new DescribeOrganizationCommand({})).catch((error: unknown) => {
    if (readAnswer(error)?.code === "AWSOrganizationsNotInUseException") return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const isManagement = answer.Organization?.MasterAccountId === accountId;
  if (isManagement) return { isManagement, kinds: new Set(), steps: [] };
  const kinds = await kindsInUse(client);
  const documents = new Map<string, PolicyDocument>();
  const bounded = boundedPages("ListPoliciesForTarget", listingLimits.policies);
  const steps: OrganizationStep[] = [];
  for (const { id, place } of await wayTo(client, accountId)) {
    const attached = async (kind: Kind): Promise<readonly PolicyDocument[]> =>
      kinds.has(kind) ? await attachedAt(client, { id, kind, documents, bounded }) : [];
    const serviceControl = await attached("serviceControl");
    steps.push({ place, serviceControl, resourceControl: await attached("resourceControl") });
  }
  return { isManagement, kinds, steps };
}

async function kindsInUse(client: OrganizationsClient): Promise<ReadonlySet<Kind>> {
  const { ListRootsCommand } = await import("@aws-sdk/client-organizations");
  const { Roots: [root] = [] } = await client.send(new ListRootsCommand({}));
  const isOn = (kind: Kind): boolean =>
    root?.PolicyTypes?.find(({ Type }) => Type === types[kind])?.Status === "ENABLED";
  return new Set((["serviceControl", "resourceControl"] as const).filter(isOn));
}

async function wayTo(client: OrganizationsClient, accountId: string): Promise<readonly Place[]> {
  const { ListParentsCommand } = await import("@aws-sdk/client-organizations");
  const way: Place[] = [{ id: accountId, place: `account ${accountId}` }];
  for (let child = accountId; way.length <= policyLimits.organizationDepth;) {
    const { Parents: [parent] = [] } = await client
      .send(new ListParentsCommand({ ChildId: child }))
      .catch((error: unknown) => {
        if (readAnswer(error)?.code === "ChildNotFoundException") throw stranger(accountId, error);
        throw error;
      });
    const { Id: id = "", Type: type } = parent ?? {};
    if (type === "ROOT") return [{ id, place: `the root ${id}` }, ...way];
    way.unshift({ id, place: await unitName(client, id) });
    child = id;
  }
  throw new StorageError("Unknown", `Organizations names no root above account ${accountId}.`);
}

async function unitName(client: OrganizationsClient, id: string): Promise<string> {
  const { DescribeOrganizationalUnitCommand } = await import("@aws-sdk/client-organizations");
  const command = new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id });
  const answer = await client.send(command).catch((error: unknown) => {
    // Its id tells it as well.
    if (readAnswer(error)?.code === "AccessDeniedException") return undefined;
    throw error;
  });
  return `unit ${answer?.OrganizationalUnit?.Name ?? id}`;
}

interface Attachment {
  readonly id: string;
  readonly kind: Kind;
  /** Those that were read already. */
  readonly documents: Map<string, PolicyDocument>;
  readonly bounded: BoundedPages;
}

async function attachedAt(
  client: OrganizationsClient,
  { id, kind, documents, bounded }: Attachment,
): Promise<PolicyDocument[]> {
  const { DescribePolicyCommand, paginateListPoliciesForTarget } =
    await import("@aws-sdk/client-organizations");
  const found: PolicyDocument[] = [];
  const pages = paginateListPoliciesForTarget({ client }, { TargetId: id, Filter: types[kind] });
  for await (const { Policies = [] } of bounded(pages)) {
    for (const { Id: PolicyId = "", Name = PolicyId } of Policies) {
      const known = documents.get(PolicyId);
      if (known === undefined) {
        const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId }));
        if (Policy?.Content === undefined) {
          throw new StorageError("Unknown", `Organizations gave no text of ${PolicyId}.`);
        }
        documents.set(PolicyId, { name: `${Name} (${PolicyId})`, text: Policy.Content });
      }
      const document = known ?? documents.get(PolicyId);
      if (document !== undefined) found.push(document);
    }
  }
  return found;
}

function stranger(accountId: string, cause: unknown): StorageError {
  const message = `account ${accountId} is not of the organisation of these credentials`;
  return new StorageError("NotFound", message, { operation: "ListParents", cause });
}
