import { iamLimits } from "../../../core/iam-limits.ts";
import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import { assertBoundary, boundaryKeys, boundaryParameter } from "../boundary-parameter.ts";
import { assertBare, existing, nameIn, permitted, userKind } from "../entity-kinds.ts";
import { iamArn } from "../iam-arn.ts";
import { anyOf, type IamCall, type IamOperations, judge, requestTagKeys } from "../iam-call.ts";
import { alreadyExists, notEmpty, invalidValue, overQuota } from "../iam-error.ts";
import { iamTables, nameKey, type UserRecord } from "../iam-records.ts";
import { memberList, pageOf } from "../page.ts";
import { extras, userFields } from "../render-entities.ts";
import { newEntityId } from "../unique-id.ts";

export const userOperations: IamOperations = {
  CreateUser: async (call) => {
    const { input, account, directory, now } = call;
    const name = input.name("UserName", iamLimits.nameCharacters);
    const path = input.path();
    const tags = input.tags();
    const boundary = boundaryParameter(call);
    const resource = { arn: iamArn(account, "user", { path, name }) };
    const keys = anyOf(requestTagKeys(tags), boundaryKeys(boundary));
    judge(call, "CreateUser", resource, keys);
    if (tags.length > 0) judge(call, "TagUser", resource, keys);
    assertBoundary(call, boundary);
    const user: UserRecord = {
      accountId: account.id,
      name,
      path,
      id: newEntityId("user", directory.randomBytes),
      createdAt: now,
      inline: {},
      attached: [],
      tags,
      groups: [],
      ...(boundary !== undefined && { boundary }),
      accessKeys: [],
    };
    await directory.update((records) => {
      if (iamTables.users.get(records, nameKey(account.id, name)) !== undefined) {
        throw alreadyExists(`User with name ${name} already exists.`);
      }
      if (iamTables.users.list(records, `${account.id}/`).length >= iamLimits.users) {
        throw overQuota("UsersPerAccount", iamLimits.users);
      }
      iamTables.users.put(records, nameKey(account.id, name), user);
    });
    return [element("User", userFields(account, user), extras(user))];
  },

  GetUser: (call) => {
    const { account, caller } = call;
    if (call.input.text("UserName") === undefined && caller.kind === "root") {
      judge(call, "GetUser", { arn: caller.arn });
      return [rootUser(call)];
    }
    const user = permitted(call, userKind, "GetUser", { name: userNameOf(call) });
    return [element("User", userFields(account, user), extras(user))];
  },

  ListUsers: (call) => {
    const { account, directory, input } = call;
    const prefix = input.pathPrefix();
    judge(call, "ListUsers", { arn: `arn:${account.partition}:iam::${account.id}:user${prefix}` });
    const all = iamTables.users
      .list(directory.records, `${account.id}/`)
      .filter(({ path }) => path.startsWith(prefix))
      .map((user) => ({ key: user.name.toLowerCase(), item: user }));
    const { items, more } = pageOf(input, all);
    return [
      memberList(
        "Users",
        items.map((user) => userFields(account, user)),
      ),
      ...more,
    ];
  },

  UpdateUser: async (call) => {
    const { input, account, directory } = call;
    const user = permitted(call, userKind, "UpdateUser");
    const path = input.text("NewPath") === undefined ? user.path : input.path("NewPath");
    const name =
      input.text("NewUserName") === undefined
        ? user.name
        : input.name("NewUserName", iamLimits.nameCharacters);
    judge(call, "UpdateUser", { arn: iamArn(account, "user", { path, name }), tags: user.tags });
    await directory.update((records) => {
      const there = existing(records, userKind, account.id, user.name);
      const [from, to] = [nameKey(account.id, user.name), nameKey(account.id, name)];
      if (from !== to && iamTables.users.get(records, to) !== undefined) {
        throw alreadyExists(`User with name ${name} already exists.`);
      }
      iamTables.users.remove(records, from);
      iamTables.users.put(records, to, { ...there, name, path });
      for (const id of there.accessKeys) {
        const key = iamTables.keys.get(records, id);
        if (key !== undefined) iamTables.keys.put(records, id, { ...key, userName: name });
      }
    });
    return undefined;
  },

  DeleteUser: async (call) => {
    const { account, directory } = call;
    const { name } = permitted(call, userKind, "DeleteUser");
    await directory.update((records) => {
      assertUnused(existing(records, userKind, account.id, name));
      iamTables.users.remove(records, nameKey(account.id, name));
    });
    return undefined;
  },
};

function assertUnused(user: UserRecord): void {
  if (user.accessKeys.length > 0) throw notEmpty("delete access keys");
  assertBare(user);
  if (user.groups.length > 0) throw notEmpty("remove users from group");
}

/** The user that a call names, else the caller itself. */
export function userNameOf(call: IamCall): string {
  if (call.input.text("UserName") !== undefined) return nameIn(call, userKind);
  const { kind, arn } = call.caller;
  if (kind === "user") return arn.slice(arn.lastIndexOf("/") + 1);
  throw invalidValue("Must specify userName when calling with non-User credentials");
}

/** The root user has no name and no path of its own. */
function rootUser({ account, directory, now, caller }: IamCall): XmlNode {
  const createdAt = directory.findAccount(account.id)?.createdAt ?? now;
  return element(
    "User",
    element("UserId", account.id),
    element("Arn", caller.arn),
    element("CreateDate", new Date(createdAt).toISOString().replace(/\.\d+Z$/, "Z")),
  );
}
