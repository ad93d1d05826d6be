import { QueryError } from "../../aws-query/query-error.ts";
import { iamLimits } from "../../../core/iam-limits.ts";
import { element } from "../../../protocol/xml/render.ts";
import { type IamCall, type IamOperations, judge } from "../iam-call.ts";
import { noSuchEntity, unfitValue } from "../iam-error.ts";
import { iamTables } from "../iam-records.ts";
import { policyUses } from "../managed-policy.ts";
import { memberList, pageOf } from "../page.ts";

export const accountOperations: IamOperations = {
  GetAccountSummary: (call) => {
    judge(call, "GetAccountSummary", { arn: "*" });
    const entries = Object.entries(summary(call)).map(([key, value]) =>
      element("entry", element("key", key), element("value", value)),
    );
    return [element("SummaryMap", entries)];
  },

  ListAccountAliases: (call) => {
    judge(call, "ListAccountAliases", { arn: "*" });
    const alias = call.directory.findAccount(call.account.id)?.alias;
    const all = alias === undefined ? [] : [{ key: alias, item: alias }];
    const { items, more } = pageOf(call.input, all);
    return [memberList("AccountAliases", items), ...more];
  },

  CreateAccountAlias: async (call) => {
    judge(call, "CreateAccountAlias", { arn: "*" });
    const alias = aliasIn(call);
    await changeAlias(call, (there, others) => {
      if (there !== alias && others.includes(alias)) {
        throw new QueryError(
          "EntityAlreadyExists",
          `The account alias ${alias} already exists.`,
          409,
        );
      }
      return alias;
    });
    return undefined;
  },

  DeleteAccountAlias: async (call) => {
    judge(call, "DeleteAccountAlias", { arn: "*" });
    const alias = aliasIn(call);
    await changeAlias(call, (there) => {
      if (there === alias) return undefined;
      throw noSuchEntity(`The account alias ${alias} cannot be found.`);
    });
    return undefined;
  },
};

function summary({ directory, account }: IamCall): Readonly<Record<string, number>> {
  const { records } = directory;
  const own = `${account.id}/`;
  const policies = iamTables.policies.list(records, own);
  const rootKeys = directory.findAccount(account.id)?.accessKeys ?? [];
  const uses = policyUses(records, account.id);
  return {
    Users: iamTables.users.list(records, own).length,
    UsersQuota: iamLimits.users,
    Groups: iamTables.groups.list(records, own).length,
    GroupsQuota: iamLimits.groups,
    Roles: iamTables.roles.list(records, own).length,
    RolesQuota: iamLimits.roles,
    Policies: policies.length,
    PoliciesQuota: iamLimits.policies,
    PolicyVersionsInUse: uses.policies,
    PolicyVersionsInUseQuota: 10_000,
    VersionsPerPolicyQuota: iamLimits.policyVersions,
    PolicySizeQuota: iamLimits.managedPolicyCharacters,
    AssumeRolePolicySizeQuota: iamLimits.trustPolicyCharacters,
    UserPolicySizeQuota: iamLimits.inlineCharacters.user,
    GroupPolicySizeQuota: iamLimits.inlineCharacters.group,
    RolePolicySizeQuota: iamLimits.inlineCharacters.role,
    GroupsPerUserQuota: iamLimits.groupsPerUser,
    AccessKeysPerUserQuota: iamLimits.accessKeysPerUser,
    AttachedPoliciesPerUserQuota: iamLimits.attachedPolicies,
    AttachedPoliciesPerGroupQuota: iamLimits.attachedPolicies,
    AttachedPoliciesPerRoleQuota: iamLimits.attachedPolicies,
    AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
    AccountPasswordPresent: 0,
    AccountMFAEnabled: 0,
    AccountSigningCertificatesPresent: 0,
    MFADevices: 0,
    MFADevicesInUse: 0,
    Providers: 0,
    InstanceProfiles: 0,
    InstanceProfilesQuota: 1000,
    ServerCertificates: 0,
    ServerCertificatesQuota: 20,
    SigningCertificatesPerUserQuota: 2,
    GlobalEndpointTokenVersion: 1,
  };
}

function aliasIn({ input }: IamCall): string {
  const alias = input.sized("AccountAlias", 63);
  if (/^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/.test(alias)) return alias;
  throw unfitValue(
    "AccountAlias",
    "satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
  );
}

/** `edit` gets the account's alias and those of all accounts. */
async function changeAlias(
  { directory, account }: IamCall,
  edit: (there: string | undefined, others: readonly string[]) => string | undefined,
): Promise<void> {
  await directory.update((records) => {
    const there = iamTables.accounts.get(records, account.id);
    if (there === undefined) throw noSuchEntity(`The account ${account.id} cannot be found.`);
    const others = iamTables.accounts.list(records).flatMap(({ alias }) => alias ?? []);
    const { alias: before, ...rest } = there;
    const alias = edit(before, others);
    const after = alias === undefined ? rest : { ...rest, alias };
    iamTables.accounts.put(records, account.id, after);
  });
}
