import { iamLimits } from "../../../core/iam-limits.ts";
import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import { assertBoundary, boundaryKeys, boundaryParameter } from "../boundary-parameter.ts";
import {
  assertBare,
  assertModifiable,
  change,
  existing,
  permitted,
  roleKind,
} from "../entity-kinds.ts";
import { iamArn } from "../iam-arn.ts";
import { anyOf, type IamCall, type IamOperations, judge, requestTagKeys } from "../iam-call.ts";
import { alreadyExists, overQuota } from "../iam-error.ts";
import { iamTables, nameKey, type RoleRecord } from "../iam-records.ts";
import { memberList, pageOf } from "../page.ts";
import { documentParameter, trustDocument } from "../policy-parameter.ts";
import { showPrincipals } from "../principal-ids.ts";
import { extras, roleFields } from "../render-entities.ts";
import { newEntityId } from "../unique-id.ts";

export const roleOperations: IamOperations = {
  CreateRole: async (call) => {
    const { account, directory } = call;
    const role = newRole(call);
    const resource = { arn: iamArn(account, "role", role) };
    const keys = anyOf(requestTagKeys(role.tags), boundaryKeys(role.boundary));
    judge(call, "CreateRole", resource, keys);
    if (role.tags.length > 0) judge(call, "TagRole", resource, keys);
    assertBoundary(call, role.boundary);
    const trustPolicy = trustDocument(call, role.trustPolicy);
    const made = await directory.update((records) => {
      if (iamTables.roles.get(records, nameKey(account.id, role.name)) !== undefined) {
        throw alreadyExists(`Role with name ${role.name} already exists.`);
      }
      if (iamTables.roles.list(records, `${account.id}/`).length >= iamLimits.roles) {
        throw overQuota("RolesPerAccount", iamLimits.roles);
      }
      iamTables.roles.put(records, nameKey(account.id, role.name), { ...role, trustPolicy });
      return { ...role, trustPolicy };
    });
    return [element("Role", fieldsOf(call, made), extras(made))];
  },

  GetRole: (call) => {
    const role = permitted(call, roleKind, "GetRole");
    return [element("Role", fieldsOf(call, role), extras(role), element("RoleLastUsed"))];
  },

  ListRoles: (call) => {
    const { account, directory, input } = call;
    const prefix = input.pathPrefix();
    judge(call, "ListRoles", { arn: `arn:${account.partition}:iam::${account.id}:role${prefix}` });
    const all = iamTables.roles
      .list(directory.records, `${account.id}/`)
      .filter(({ path }) => path.startsWith(prefix))
      .map((role) => ({ key: role.name.toLowerCase(), item: role }));
    const { items, more } = pageOf(input, all);
    return [
      memberList(
        "Roles",
        items.map((role) => fieldsOf(call, role)),
      ),
      ...more,
    ];
  },

  UpdateRole: async (call) => {
    const { name } = permitted(call, roleKind, "UpdateRole");
    const description = call.input.description();
    const maxSessionSeconds = sessionSeconds(call);
    await change(call, roleKind, name, (role) => ({
      ...role,
      ...(description !== undefined && { description }),
      ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
    }));
    return [];
  },

  UpdateRoleDescription: async (call) => {
    const { name } = permitted(call, roleKind, "UpdateRoleDescription");
    call.input.required("Description");
    const description = call.input.description() ?? "";
    const role = await change(call, roleKind, name, (there) => ({ ...there, description }));
    return [element("Role", fieldsOf(call, role))];
  },

  UpdateAssumeRolePolicy: async (call) => {
    const { name } = permitted(call, roleKind, "UpdateAssumeRolePolicy");
    const trustPolicy = trustDocument(call, documentParameter(call));
    await change(call, roleKind, name, (role) => ({ ...role, trustPolicy }));
    return undefined;
  },

  DeleteRole: async (call) => {
    const { account, directory } = call;
    const { name } = permitted(call, roleKind, "DeleteRole");
    await directory.update((records) => {
      const role = existing(records, roleKind, account.id, name);
      assertModifiable(role);
      assertBare(role);
      iamTables.roles.remove(records, nameKey(account.id, name));
    });
    return undefined;
  },
};

/** As the call describes it; its trust policy is not looked at. */
function newRole(call: IamCall): RoleRecord {
  const { input, account, directory, now } = call;
  const description = input.description();
  const boundary = boundaryParameter(call);
  return {
    accountId: account.id,
    name: input.name("RoleName", iamLimits.nameCharacters),
    path: input.path(),
    id: newEntityId("role", directory.randomBytes),
    createdAt: now,
    inline: {},
    attached: [],
    tags: input.tags(),
    ...(boundary !== undefined && { boundary }),
    trustPolicy: documentParameter(call, "AssumeRolePolicyDocument"),
    ...(description !== undefined && { description }),
    maxSessionSeconds: sessionSeconds(call) ?? iamLimits.minimumSessionSeconds,
  };
}

function sessionSeconds({ input }: IamCall): number | undefined {
  const { minimumSessionSeconds, maximumSessionSeconds } = iamLimits;
  return input.whole("MaxSessionDuration", minimumSessionSeconds, maximumSessionSeconds);
}

function fieldsOf({ account, directory }: IamCall, role: RoleRecord): readonly XmlNode[] {
  return roleFields(account, role, showPrincipals(directory, role.trustPolicy));
}
