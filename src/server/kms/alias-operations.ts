import { findKey } from "./find-key.ts";
import { assertUsable } from "./judge-key.ts";
import { aliasArn, type KeyRecord } from "./key-record.ts";
import {
  judge,
  judgeAccount,
  judgeAlias,
  type KmsCall,
  type KmsOperation,
  page,
} from "./kms-call.ts";
import { invalid, KmsError, notFound } from "./kms-error.ts";

/** Other names of keys. */
export const aliasOperations: Readonly<Record<string, KmsOperation>> = {
  CreateAlias: async (call) => {
    const name = aliasName(call);
    judgeAlias(call, name, "CreateAlias");
    const key = targetKey(call, "CreateAlias");
    await call.keys.addAlias(call.address, name, key.id);
    return {};
  },
  UpdateAlias: async (call) => {
    const name = aliasName(call);
    judgeAlias(call, name, "UpdateAlias");
    const key = targetKey(call, "UpdateAlias");
    const before = aliased(call, name);
    judge(call, before, "UpdateAlias");
    await call.keys.moveAlias(call.address, name, key.id);
    return {};
  },
  DeleteAlias: async (call) => {
    const name = aliasName(call);
    judgeAlias(call, name, "DeleteAlias");
    judge(call, aliased(call, name), "DeleteAlias");
    await call.keys.removeAlias(call.address, name);
    return {};
  },
  ListAliases: (call) => {
    const { address, input, keys } = call;
    judgeAccount(call, "ListAliases");
    const of = input.text("KeyId");
    const key = of === undefined ? undefined : findKey(keys, of, address);
    const all = keys
      .aliases(address)
      .filter(({ alias }) => key === undefined || alias.keyId === key.id)
      .map(({ name, alias }) => ({
        AliasArn: aliasArn(address, name),
        AliasName: name,
        CreationDate: alias.createdAt / 1000,
        LastUpdatedDate: alias.updatedAt / 1000,
        TargetKeyId: alias.keyId,
      }));
    return page(call, "Aliases", all);
  },
};

function aliasName({ input }: KmsCall): string {
  const name = input.required("AliasName");
  if (name.startsWith("alias/aws/")) {
    throw new KmsError("NotAuthorizedException", "");
  }
  if (/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) return name;
  throw new KmsError(
    "InvalidAliasNameException",
    'Alias must start with the prefix "alias/" and hold letters, digits, /, _ and - alone.',
  );
}

function targetKey(call: KmsCall, action: string): KeyRecord {
  const name = call.input.required("TargetKeyId");
  if (name.includes("alias/")) throw invalid("Aliases must refer to keys. Not aliases");
  const key = findKey(call.keys, name, call.address);
  judge(call, key, action);
  if (key.state === "PendingDeletion") assertUsable(key);
  return key;
}

function aliased({ keys, address }: KmsCall, name: string): KeyRecord {
  const key = keys.aliased(address, name);
  if (key === undefined) throw notFound(`Alias ${aliasArn(address, name)} is not found.`);
  return key;
}
