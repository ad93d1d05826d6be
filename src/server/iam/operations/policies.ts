import { iamLimits } from "../../../core/iam-limits.ts";
import { element, optionalElement, type XmlNode } from "../../../protocol/xml/render.ts";
import { type EntityKind, entityKinds } from "../entity-kinds.ts";
import { iamArn } from "../iam-arn.ts";
import { type IamCall, type IamOperations, judge, requestTagKeys } from "../iam-call.ts";
import { alreadyExists, deleteConflict, overQuota } from "../iam-error.ts";
import { iamTables, nameKey, type PolicyRecord } from "../iam-records.ts";
import { managedPolicies } from "../managed-policies.ts";
import {
  arnOfPolicy,
  permittedAny,
  permittedPolicy,
  policyUses,
  recordOfAws,
} from "../managed-policy.ts";
import { memberList, pageOf } from "../page.ts";
import { assertIdentityDocument, characters, documentParameter } from "../policy-parameter.ts";
import { policyFields, present, tagFields } from "../render-entities.ts";
import { newEntityId } from "../unique-id.ts";

export const policyOperations: IamOperations = {
  CreatePolicy: async (call) => {
    const { account, directory } = call;
    const policy = newPolicy(call);
    const resource = {
      arn: iamArn(account, "policy", policy),
      words: `policy ${policy.name}`,
    };
    const keys = requestTagKeys(policy.tags);
    judge(call, "CreatePolicy", resource, keys);
    if (policy.tags.length > 0) judge(call, "TagPolicy", resource, keys);
    for (const { document } of policy.versions) assertManagedDocument(document);
    await directory.update((records) => {
      const key = nameKey(account.id, policy.name);
      if (iamTables.policies.get(records, key) !== undefined) {
        throw alreadyExists(
          `A policy called ${policy.name} already exists. Duplicate names are not allowed.`,
        );
      }
      if (iamTables.policies.list(records, `${account.id}/`).length >= iamLimits.policies) {
        throw overQuota("PoliciesPerAccount", iamLimits.policies);
      }
      iamTables.policies.put(records, key, policy);
    });
    return [element("Policy", policyFields(account, policy, unused), tagFields(policy.tags))];
  },

  GetPolicy: (call) => {
    const { directory, account } = call;
    const policy = permittedAny(call, "GetPolicy");
    const use = policyUses(directory.records, account.id).of(arnOfPolicy(call, policy));
    return [
      element(
        "Policy",
        fieldsOf(call, policy, use),
        present(optionalElement("Description", policy.description)),
        tagFields(policy.tags),
      ),
    ];
  },

  ListPolicies: (call) => {
    const { directory, account, input } = call;
    const prefix = input.pathPrefix();
    judge(call, "ListPolicies", {
      arn: `arn:${account.partition}:iam::${account.id}:policy${prefix}`,
    });
    const scope = input.oneOf("Scope", ["All", "AWS", "Local"]) ?? "All";
    const usage = input.oneOf("PolicyUsageFilter", ["PermissionsPolicy", "PermissionsBoundary"]);
    const onlyAttached = input.flag("OnlyAttached");
    const uses = policyUses(directory.records, account.id);
    const ofAws = scope === "Local" ? [] : managedPolicies.map(recordOfAws);
    const own = scope === "AWS" ? [] : iamTables.policies.list(directory.records, `${account.id}/`);
    const all = [...own, ...ofAws].flatMap((policy) => {
      const arn = arnOfPolicy(call, policy);
      const use = uses.of(arn);
      const isUsed =
        (usage !== "PermissionsBoundary" && use.attached > 0) ||
        (usage !== "PermissionsPolicy" && use.boundaries > 0);
      const isWanted = isUsed || (!onlyAttached && usage === undefined);
      if (!policy.path.startsWith(prefix) || !isWanted) return [];
      return [{ key: arn, item: fieldsOf(call, policy, use) }];
    });
    const { items, more } = pageOf(input, all);
    return [memberList("Policies", items), ...more];
  },

  DeletePolicy: async (call) => {
    const { directory, account } = call;
    const policy = permittedPolicy(call, "DeletePolicy");
    await directory.update((records) => {
      const key = nameKey(account.id, policy.name);
      const use = policyUses(records, account.id).of(arnOfPolicy(call, policy));
      if (use.attached + use.boundaries > 0) {
        throw deleteConflict("Cannot delete a policy attached to entities.");
      }
      if ((iamTables.policies.get(records, key)?.versions.length ?? 0) > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the " +
            "policy's versions. The default version is deleted with the policy.",
        );
      }
      iamTables.policies.remove(records, key);
    });
    return undefined;
  },

  ListEntitiesForPolicy: (call) => {
    const arn = arnOfPolicy(call, permittedAny(call, "ListEntitiesForPolicy"));
    const { input } = call;
    const filter = input.oneOf("EntityFilter", [
      "User",
      "Role",
      "Group",
      "LocalManagedPolicy",
      "AWSManagedPolicy",
    ]);
    const kinds = entityKinds.filter(({ label }) => filter === undefined || filter === label);
    const { items, more } = pageOf(
      input,
      kinds.flatMap((kind) => usersOf(call, kind, arn)),
    );
    const of = (kind: EntityKind["kind"]) =>
      items.filter((item) => item.kind === kind).map(({ fields }) => fields);
    return [
      memberList("PolicyGroups", of("group")),
      memberList("PolicyUsers", of("user")),
      memberList("PolicyRoles", of("role")),
      ...more,
    ];
  },
};

const unused = { attached: 0, boundaries: 0 };

/** Throws QueryError MalformedPolicyDocument, LimitExceeded. */
export function assertManagedDocument(document: string): void {
  assertIdentityDocument(document);
  const limit = iamLimits.managedPolicyCharacters;
  if (characters(document) > limit) throw overQuota("PolicySize", limit);
}

function newPolicy(call: IamCall): PolicyRecord {
  const { input, account, directory, now } = call;
  const description = input.description();
  return {
    accountId: account.id,
    name: input.name("PolicyName"),
    path: input.path(),
    id: newEntityId("policy", directory.randomBytes),
    createdAt: now,
    updatedAt: now,
    ...(description !== undefined && { description }),
    versions: [{ id: "v1", document: documentParameter(call), createdAt: now }],
    defaultVersionId: "v1",
    tags: input.tags(),
  };
}

function fieldsOf(
  { account }: IamCall,
  policy: PolicyRecord,
  use: { readonly attached: number; readonly boundaries: number },
): XmlNode[] {
  return policyFields({ ...account, id: policy.accountId }, policy, use);
}

interface PolicyUser {
  readonly kind: EntityKind["kind"];
  readonly fields: readonly XmlNode[];
}

/** Whoever has the policy, in the way that the call asks for. */
function usersOf(
  { directory, account, input }: IamCall,
  { kind, label, table }: EntityKind,
  arn: string,
): { readonly key: string; readonly item: PolicyUser }[] {
  const prefix = input.pathPrefix();
  const usage =
    input.oneOf("PolicyUsageFilter", ["PermissionsPolicy", "PermissionsBoundary"]) ??
    "PermissionsPolicy";
  return table
    .list(directory.records, `${account.id}/`)
    .filter((row) =>
      usage === "PermissionsPolicy"
        ? row.attached.includes(arn)
        : "boundary" in row && row.boundary === arn,
    )
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ name, id }) => ({
      key: `${kind}/${name.toLowerCase()}`,
      item: { kind, fields: [element(`${label}Name`, name), element(`${label}Id`, id)] },
    }));
}
