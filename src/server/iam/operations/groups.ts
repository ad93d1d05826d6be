import { iamLimits } from "../../../core/iam-limits.ts";
import type { RecordReader } from "../../../engine/records.ts";
import { element } from "../../../protocol/xml/render.ts";
import { assertBare, change, existing, groupKind, permitted, userKind } from "../entity-kinds.ts";
import { iamArn } from "../iam-arn.ts";
import { type IamOperations, judge } from "../iam-call.ts";
import { alreadyExists, notEmpty, overQuota } from "../iam-error.ts";
import { type GroupRecord, iamTables, nameKey, type UserRecord } from "../iam-records.ts";
import { memberList, pageOf } from "../page.ts";
import { groupFields, userFields } from "../render-entities.ts";
import { newEntityId } from "../unique-id.ts";
import { userNameOf } from "./users.ts";

export const groupOperations: IamOperations = {
  CreateGroup: async (call) => {
    const { input, account, directory, now } = call;
    const name = input.name("GroupName");
    const path = input.path();
    judge(call, "CreateGroup", { arn: iamArn(account, "group", { path, name }) });
    const id = newEntityId("group", directory.randomBytes);
    const named = { accountId: account.id, name, path, id, createdAt: now };
    const group: GroupRecord = { ...named, inline: {}, attached: [] };
    await directory.update((records) => {
      if (iamTables.groups.get(records, nameKey(account.id, name)) !== undefined) {
        throw alreadyExists(`Group with name ${name} already exists.`);
      }
      if (iamTables.groups.list(records, `${account.id}/`).length >= iamLimits.groups) {
        throw overQuota("GroupsPerAccount", iamLimits.groups);
      }
      iamTables.groups.put(records, nameKey(account.id, name), group);
    });
    return [element("Group", groupFields(account, group))];
  },

  GetGroup: (call) => {
    const { account, directory, input } = call;
    const group = permitted(call, groupKind, "GetGroup");
    const members = membersOf(directory.records, group).map((user) => ({
      key: user.name.toLowerCase(),
      item: user,
    }));
    const { items, more } = pageOf(input, members);
    return [
      element("Group", groupFields(account, group)),
      memberList(
        "Users",
        items.map((user) => userFields(account, user)),
      ),
      ...more,
    ];
  },

  ListGroups: (call) => {
    const { account, directory, input } = call;
    const prefix = input.pathPrefix();
    judge(call, "ListGroups", {
      arn: `arn:${account.partition}:iam::${account.id}:group${prefix}`,
    });
    const all = iamTables.groups
      .list(directory.records, `${account.id}/`)
      .filter(({ path }) => path.startsWith(prefix))
      .map((group) => ({ key: group.name.toLowerCase(), item: group }));
    const { items, more } = pageOf(input, all);
    return [
      memberList(
        "Groups",
        items.map((group) => groupFields(account, group)),
      ),
      ...more,
    ];
  },

  UpdateGroup: async (call) => {
    const { input, account, directory } = call;
    const group = permitted(call, groupKind, "UpdateGroup");
    const path = input.text("NewPath") === undefined ? group.path : input.path("NewPath");
    const name = input.optionalName("NewGroupName") ?? group.name;
    judge(call, "UpdateGroup", { arn: iamArn(account, "group", { path, name }) });
    await directory.update((records) => {
      const there = existing(records, groupKind, account.id, group.name);
      const [from, to] = [nameKey(account.id, group.name), nameKey(account.id, name)];
      if (from !== to && iamTables.groups.get(records, to) !== undefined) {
        throw alreadyExists(`Group with name ${name} already exists.`);
      }
      const members = membersOf(records, there);
      iamTables.groups.remove(records, from);
      iamTables.groups.put(records, to, { ...there, name, path });
      for (const user of members) {
        const groups = user.groups.map((one) => (one === group.name ? name : one));
        iamTables.users.put(records, nameKey(account.id, user.name), { ...user, groups });
      }
    });
    return undefined;
  },

  DeleteGroup: async (call) => {
    const { account, directory } = call;
    const { name } = permitted(call, groupKind, "DeleteGroup");
    await directory.update((records) => {
      const group = existing(records, groupKind, account.id, name);
      if (membersOf(records, group).length > 0) throw notEmpty("remove users from group");
      assertBare(group);
      iamTables.groups.remove(records, nameKey(account.id, name));
    });
    return undefined;
  },

  AddUserToGroup: async (call) => {
    const { account } = call;
    const group = permitted(call, groupKind, "AddUserToGroup");
    const userName = call.input.name("UserName");
    await change(call, userKind, userName, (user, records) => {
      existing(records, groupKind, account.id, group.name);
      if (user.groups.includes(group.name)) return user;
      if (user.groups.length >= iamLimits.groupsPerUser) {
        throw overQuota("GroupsPerUser", iamLimits.groupsPerUser);
      }
      return { ...user, groups: [...user.groups, group.name] };
    });
    return undefined;
  },

  RemoveUserFromGroup: async (call) => {
    const group = permitted(call, groupKind, "RemoveUserFromGroup");
    await change(call, userKind, call.input.name("UserName"), (user) => ({
      ...user,
      groups: user.groups.filter((name) => name !== group.name),
    }));
    return undefined;
  },

  ListGroupsForUser: (call) => {
    const { account, directory, input } = call;
    const user = permitted(call, userKind, "ListGroupsForUser", { name: userNameOf(call) });
    const all = user.groups.flatMap((name) => {
      const group = iamTables.groups.get(directory.records, nameKey(account.id, name));
      return group === undefined ? [] : [{ key: name.toLowerCase(), item: group }];
    });
    const { items, more } = pageOf(input, all);
    return [
      memberList(
        "Groups",
        items.map((group) => groupFields(account, group)),
      ),
      ...more,
    ];
  },
};

function membersOf(records: RecordReader, { accountId, name }: GroupRecord): UserRecord[] {
  return iamTables.users
    .list(records, `${accountId}/`)
    .filter(({ groups }) => groups.includes(name));
}
