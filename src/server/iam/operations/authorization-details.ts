import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import type { EntityRecord } from "../entity-kinds.ts";
import { type IamCall, type IamOperations, judge } from "../iam-call.ts";
import { unfitValue } from "../iam-error.ts";
import { iamTables, type PolicyRecord } from "../iam-records.ts";
import { managedPolicies } from "../managed-policies.ts";
import { arnOfPolicy, policyUses, recordOfAws } from "../managed-policy.ts";
import { type Keyed, memberList, pageOf } from "../page.ts";
import { policyNameOf } from "../policy-arn.ts";
import { showPrincipals } from "../principal-ids.ts";
import {
  dateOf,
  documentText,
  extras,
  groupFields,
  policyFields,
  roleFields,
  userFields,
} from "../render-entities.ts";

const filters = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] as const;
type Filter = (typeof filters)[number];

export const authorizationDetailsOperations: IamOperations = {
  GetAccountAuthorizationDetails: (call) => {
    judge(call, "GetAccountAuthorizationDetails", { arn: "*" });
    const asked = call.input.list("Filter").map((text) => {
      const known = filters.find((filter) => filter === text);
      if (known === undefined) throw unfitValue("Filter", "satisfy enum value set");
      return known;
    });
    const wanted: ReadonlySet<Filter> = new Set(asked.length === 0 ? filters : asked);
    const { items, more } = pageOf(
      call.input,
      details(call).filter(({ item }) => wanted.has(item.filter)),
    );
    const of = (...kinds: readonly Filter[]) =>
      items.filter(({ filter }) => kinds.includes(filter)).map(({ fields }) => fields());
    return [
      memberList("UserDetailList", of("User")),
      memberList("GroupDetailList", of("Group")),
      memberList("RoleDetailList", of("Role")),
      memberList("Policies", of("LocalManagedPolicy", "AWSManagedPolicy")),
      ...more,
    ];
  },
};

interface Detail {
  readonly filter: Filter;
  /** Made for what is shown alone. */
  readonly fields: () => readonly XmlNode[];
}

function details(call: IamCall): readonly Keyed<Detail>[] {
  const { directory, account } = call;
  const { records } = directory;
  const own = `${account.id}/`;
  const uses = policyUses(records, account.id);
  const keyed = (filter: Filter, key: string, fields: Detail["fields"]): Keyed<Detail> => ({
    key: `${filter}/${key}`,
    item: { filter, fields },
  });
  const policy = (filter: Filter, row: PolicyRecord) =>
    keyed(filter, row.name, () => policyDetail(call, row, uses.of(arnOfPolicy(call, row))));
  return [
    ...iamTables.users
      .list(records, own)
      .map((user) =>
        keyed("User", user.name, () => [
          ...userFields(account, user),
          ...holderFields("UserPolicyList", user),
          memberList("GroupList", user.groups),
          ...extras(user),
        ]),
      ),
    ...iamTables.groups
      .list(records, own)
      .map((group) =>
        keyed("Group", group.name, () => [
          ...groupFields(account, group),
          ...holderFields("GroupPolicyList", group),
        ]),
      ),
    ...iamTables.roles
      .list(records, own)
      .map((role) =>
        keyed("Role", role.name, () => [
          ...roleFields(account, role, showPrincipals(directory, role.trustPolicy)),
          element("InstanceProfileList"),
          ...holderFields("RolePolicyList", role),
          ...extras(role),
          element("RoleLastUsed"),
        ]),
      ),
    ...iamTables.policies.list(records, own).map((row) => policy("LocalManagedPolicy", row)),
    // Those that somebody uses, as IAM tells of them.
    ...managedPolicies
      .map(recordOfAws)
      .filter((row) => uses.of(arnOfPolicy(call, row)).attached > 0)
      .map((row) => policy("AWSManagedPolicy", row)),
  ];
}

function holderFields(list: string, { inline, attached }: EntityRecord): XmlNode[] {
  return [
    memberList(
      list,
      Object.entries(inline).map(([name, document]) => [
        element("PolicyName", name),
        element("PolicyDocument", documentText(document)),
      ]),
    ),
    memberList(
      "AttachedManagedPolicies",
      attached.map((arn) => [element("PolicyName", policyNameOf(arn)), element("PolicyArn", arn)]),
    ),
  ];
}

function policyDetail(
  { account }: IamCall,
  policy: PolicyRecord,
  use: Parameters<typeof policyFields>[2],
): XmlNode[] {
  return [
    ...policyFields({ ...account, id: policy.accountId }, policy, use),
    memberList(
      "PolicyVersionList",
      policy.versions.map(({ id, document, createdAt }) => [
        element("Document", documentText(document)),
        element("VersionId", id),
        element("IsDefaultVersion", id === policy.defaultVersionId),
        element("CreateDate", dateOf(createdAt)),
      ]),
    ),
  ];
}
