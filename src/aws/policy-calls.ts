import type { IAMClient } from "@aws-sdk/client-iam";
import { StorageError } from "../core/errors.ts";
import { listingLimits } from "../core/listing-limits.ts";
import type {
  HolderDescription,
  PolicyDocument,
  PolicyHolder,
  PolicySources,
} from "../core/policy-sources.ts";
import { boundedPages } from "./bounded-pages.ts";
import { readAnswer } from "./answer-error.ts";
import { readOrganizationPolicies } from "./organization-calls.ts";
import { type ConnectionOptions, SdkConnection } from "./sdk-connection.ts";
import { serviceCall } from "./service-call.ts";
import { simulateOrganization, simulateOwn } from "./simulate-access.ts";

/** Policies of users, roles and keys, by IAM and KMS. */
export function createPolicySources(options: ConnectionOptions): PolicySources {
  const connection = new SdkConnection(options);
  const call = <T>(operation: string, send: (client: IAMClient) => Promise<T>): Promise<T> =>
    serviceCall(connection, { operation }, async () => send(await connection.iam()));
  return {
    describeHolder: (holder) =>
      call(holder.kind === "role" ? "GetRole" : "GetUser", (client) => describe(client, holder)),
    inlinePolicies: (holder) => call("the inline policies", (client) => inline(client, holder)),
    attachedPolicies: (holder) =>
      call("the attached policies", (client) => attached(client, holder)),
    groupPolicies: (userName) =>
      call("the policies of the groups", (client) => ofGroups(client, userName)),
    managedPolicy: (arn) => call("GetPolicyVersion", (client) => managed(client, arn)),
    keyPolicy: (keyId) =>
      serviceCall(connection, { operation: "GetKeyPolicy" }, () => keyPolicy(connection, keyId)),
    organizationPolicies: (accountId) =>
      serviceCall(connection, { operation: "the organisation's policies" }, async () =>
        readOrganizationPolicies(await connection.organizations(), accountId),
      ),
    simulateOrganization: (wish) =>
      call("SimulatePrincipalPolicy", (client) => simulateOrganization(client, wish)),
    simulateOwn: (wish) => call("SimulatePrincipalPolicy", (client) => simulateOwn(client, wish)),
    close: () => connection.close(),
  };
}

async function describe(
  client: IAMClient,
  { kind, name }: PolicyHolder,
): Promise<HolderDescription | undefined> {
  const { GetRoleCommand, GetUserCommand } = await import("@aws-sdk/client-iam");
  try {
    const found =
      kind === "role"
        ? await client.send(new GetRoleCommand({ RoleName: name })).then(({ Role }) => ({
            arn: Role?.Arn,
            id: Role?.RoleId,
            tags: Role?.Tags,
            boundary: Role?.PermissionsBoundary,
          }))
        : await client.send(new GetUserCommand({ UserName: name })).then(({ User }) => ({
            arn: User?.Arn,
            id: User?.UserId,
            tags: User?.Tags,
            boundary: User?.PermissionsBoundary,
          }));
    const { arn, id, tags = [], boundary } = found;
    if (arn === undefined || id === undefined) return undefined;
    return {
      arn,
      id,
      tags: tags.map(({ Key = "", Value = "" }) => ({ Key, Value })),
      boundaryArn: boundary?.PermissionsBoundaryArn,
    };
  } catch (error) {
    if (readAnswer(error)?.code?.startsWith("NoSuchEntity") === true) return undefined;
    throw error;
  }
}

async function inline(client: IAMClient, { kind, name }: PolicyHolder): Promise<PolicyDocument[]> {
  const iam = await import("@aws-sdk/client-iam");
  const bounded = boundedPages("the inline policies", listingLimits.policies);
  const policies: PolicyDocument[] = [];
  if (kind === "role") {
    for await (const page of bounded(
      iam.paginateListRolePolicies({ client }, { RoleName: name }),
    )) {
      for (const PolicyName of page.PolicyNames ?? []) {
        const command = new iam.GetRolePolicyCommand({ RoleName: name, PolicyName });
        policies.push(documentOf(PolicyName, (await client.send(command)).PolicyDocument));
      }
    }
    return policies;
  }
  for await (const page of bounded(iam.paginateListUserPolicies({ client }, { UserName: name }))) {
    for (const PolicyName of page.PolicyNames ?? []) {
      const command = new iam.GetUserPolicyCommand({ UserName: name, PolicyName });
      policies.push(documentOf(PolicyName, (await client.send(command)).PolicyDocument));
    }
  }
  return policies;
}

async function attached(
  client: IAMClient,
  { kind, name }: PolicyHolder,
): Promise<PolicyDocument[]> {
  const iam = await import("@aws-sdk/client-iam");
  const bounded = boundedPages("the attached policies", listingLimits.policies);
  const pages =
    kind === "role"
      ? iam.paginateListAttachedRolePolicies({ client }, { RoleName: name })
      : iam.paginateListAttachedUserPolicies({ client }, { UserName: name });
  const policies: PolicyDocument[] = [];
  for await (const { AttachedPolicies = [] } of bounded(pages)) {
    for (const { PolicyArn = "" } of AttachedPolicies) {
      policies.push(await managed(client, PolicyArn));
    }
  }
  return policies;
}

async function ofGroups(client: IAMClient, userName: string): Promise<PolicyDocument[]> {
  const iam = await import("@aws-sdk/client-iam");
  const bounded = boundedPages("the policies of the groups", listingLimits.policies);
  const policies: PolicyDocument[] = [];
  for await (const page of bounded(
    iam.paginateListGroupsForUser({ client }, { UserName: userName }),
  )) {
    for (const { GroupName = "" } of page.Groups ?? []) {
      for await (const own of bounded(iam.paginateListGroupPolicies({ client }, { GroupName }))) {
        for (const PolicyName of own.PolicyNames ?? []) {
          const command = new iam.GetGroupPolicyCommand({ GroupName, PolicyName });
          const { PolicyDocument: text } = await client.send(command);
          policies.push(documentOf(`${PolicyName} of group ${GroupName}`, text));
        }
      }
      for await (const more of bounded(
        iam.paginateListAttachedGroupPolicies({ client }, { GroupName }),
      )) {
        for (const { PolicyArn = "" } of more.AttachedPolicies ?? []) {
          policies.push(await managed(client, PolicyArn));
        }
      }
    }
  }
  return policies;
}

async function managed(client: IAMClient, arn: string): Promise<PolicyDocument> {
  const { GetPolicyCommand, GetPolicyVersionCommand } = await import("@aws-sdk/client-iam");
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: arn }));
  const VersionId = Policy?.DefaultVersionId;
  const version = new GetPolicyVersionCommand({ PolicyArn: arn, VersionId });
  const { PolicyVersion } = await client.send(version);
  return documentOf(arn, PolicyVersion?.Document);
}

/** IAM gives its documents out URL-encoded. */
function documentOf(name: string, text: string | undefined): PolicyDocument {
  if (text === undefined) {
    throw new StorageError("Unknown", `IAM gave no document of the policy ${name}.`);
  }
  return { name, text: decodeURIComponent(text) };
}

async function keyPolicy(connection: SdkConnection, keyId: string): Promise<string> {
  const { GetKeyPolicyCommand } = await import("@aws-sdk/client-kms");
  const client = await connection.kms();
  const { Policy } = await client.send(
    new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: "default" }),
  );
  if (Policy !== undefined) return Policy;
  throw new StorageError("Unknown", `KMS gave no policy of the key ${keyId}.`);
}
