import { QueryError } from "../../aws-query/query-error.ts";
import { iamLimits } from "../../../core/iam-limits.ts";
import type { RecordChanges } from "../../../engine/records.ts";
import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import { existing, permitted, userKind } from "../entity-kinds.ts";
import { iamArn } from "../iam-arn.ts";
import { type IamCall, type IamOperations, judge } from "../iam-call.ts";
import { noSuchEntity, overQuota, unfitValue } from "../iam-error.ts";
import { type AccessKeyRecord, iamTables, nameKey } from "../iam-records.ts";
import { memberList, pageOf } from "../page.ts";
import { dateOf } from "../render-entities.ts";
import { newUniqueId } from "../unique-id.ts";
import { userNameOf } from "./users.ts";

export const accessKeyOperations: IamOperations = {
  CreateAccessKey: async (call) => {
    const { directory, account, now } = call;
    const userName = keyOwner(call, "CreateAccessKey");
    const accessKeyId = newUniqueId("AKIA", 16, directory.randomBytes);
    const secret = directory.randomBytes(30).toString("base64");
    const key: AccessKeyRecord = {
      accessKeyId,
      accountId: account.id,
      ...(userName !== undefined && { userName }),
      secret: directory.seal(secret),
      status: "Active",
      createdAt: now,
    };
    await directory.update((records) => {
      changeKeys(records, call, userName, (keys) => {
        if (keys.length >= iamLimits.accessKeysPerUser) {
          throw overQuota("AccessKeysPerUser", iamLimits.accessKeysPerUser);
        }
        return [...keys, accessKeyId];
      });
      iamTables.keys.put(records, accessKeyId, key);
    });
    const fields = [
      element("UserName", userName ?? ""),
      element("AccessKeyId", accessKeyId),
      element("Status", key.status),
      element("SecretAccessKey", secret),
      element("CreateDate", dateOf(now)),
    ];
    return [element("AccessKey", fields)];
  },

  ListAccessKeys: (call) => {
    const { directory, account, input } = call;
    const userName = keyOwner(call, "ListAccessKeys");
    const ids =
      userName === undefined
        ? (directory.findAccount(account.id)?.accessKeys ?? [])
        : (directory.findUser(account.id, userName)?.accessKeys ?? []);
    const all = ids.flatMap((id) => {
      const key = iamTables.keys.get(directory.records, id);
      return key === undefined ? [] : [{ key: id, item: metadataOf(key) }];
    });
    const { items, more } = pageOf(input, all);
    return [...ownerFields({ userName }), memberList("AccessKeyMetadata", items), ...more];
  },

  UpdateAccessKey: async (call) => {
    const { directory, input } = call;
    const userName = keyOwner(call, "UpdateAccessKey");
    input.required("Status");
    const status = input.oneOf("Status", ["Active", "Inactive"]) ?? "Active";
    const id = keyIdIn(call);
    await directory.update((records) => {
      const key = ownKey(records, call, userName, id);
      iamTables.keys.put(records, id, { ...key, status });
    });
    return undefined;
  },

  DeleteAccessKey: async (call) => {
    const { directory } = call;
    const userName = keyOwner(call, "DeleteAccessKey");
    const id = keyIdIn(call);
    await directory.update((records) => {
      ownKey(records, call, userName, id);
      changeKeys(records, call, userName, (keys) => keys.filter((one) => one !== id));
      iamTables.keys.remove(records, id);
    });
    return undefined;
  },

  GetAccessKeyLastUsed: (call) => {
    const key = permittedKey(call, keyIdIn(call));
    const used = call.directory.lastUseOf(key.accessKeyId);
    return [
      ...ownerFields(key),
      element(
        "AccessKeyLastUsed",
        used && element("LastUsedDate", dateOf(used.at)),
        element("ServiceName", used?.service ?? "N/A"),
        element("Region", used?.region ?? "N/A"),
      ),
    ];
  },
};

/** A key by its id alone, whoever's it is; those of other accounts are told to nobody. */
function permittedKey(call: IamCall, id: string): AccessKeyRecord {
  const { directory, account, caller } = call;
  const key = iamTables.keys.get(directory.records, id);
  const name = key?.accountId === account.id ? key.userName : undefined;
  const user = name === undefined ? undefined : directory.findUser(account.id, name);
  judge(call, "GetAccessKeyLastUsed", {
    arn: user === undefined ? "*" : iamArn(account, "user", user),
  });
  if (key?.accountId === account.id) return key;
  const text = `User: ${caller.arn} is not authorized to perform: iam:GetAccessKeyLastUsed`;
  throw new QueryError("AccessDenied", text, 403);
}

/** The user whose keys a call is about; undefined: the root user asks for its own. */
function keyOwner(call: IamCall, action: string): string | undefined {
  const { input, caller } = call;
  if (input.text("UserName") === undefined && caller.kind === "root") {
    judge(call, action, { arn: caller.arn });
    return undefined;
  }
  return permitted(call, userKind, action, { name: userNameOf(call) }).name;
}

function keyIdIn({ input }: IamCall): string {
  const id = input.sized("AccessKeyId", 128);
  if (id.length < 16) throw unfitValue("AccessKeyId", "have length greater than or equal to 16");
  if (/^\w+$/.test(id)) return id;
  throw unfitValue("AccessKeyId", String.raw`satisfy regular expression pattern: [\w]+`);
}

function ownKey(
  records: RecordChanges,
  { account }: IamCall,
  userName: string | undefined,
  id: string,
): AccessKeyRecord {
  const key = iamTables.keys.get(records, id);
  if (key?.accountId === account.id && key.userName === userName) return key;
  throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
}

/** Changes the list of keys with the user, or with the account for its root user. */
function changeKeys(
  records: RecordChanges,
  { account }: IamCall,
  userName: string | undefined,
  edit: (keys: readonly string[]) => readonly string[],
): void {
  if (userName === undefined) {
    const there = iamTables.accounts.get(records, account.id);
    if (there === undefined) throw noSuchEntity(`The account ${account.id} cannot be found.`);
    const accessKeys = edit(there.accessKeys);
    iamTables.accounts.put(records, account.id, { ...there, accessKeys });
    return;
  }
  const user = existing(records, userKind, account.id, userName);
  const accessKeys = edit(user.accessKeys);
  iamTables.users.put(records, nameKey(account.id, userName), { ...user, accessKeys });
}

function metadataOf({ accessKeyId, userName, status, createdAt }: AccessKeyRecord): XmlNode[] {
  return [
    ...ownerFields({ userName }),
    element("AccessKeyId", accessKeyId),
    element("Status", status),
    element("CreateDate", dateOf(createdAt)),
  ];
}

function ownerFields({ userName }: { readonly userName?: string | undefined }): XmlNode[] {
  return userName === undefined ? [] : [element("UserName", userName)];
}
