import { aliasArn, type KeyAddress, keyArn, type KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { noSuchKey, notFound } from "./kms-error.ts";

const uuid = /^(?:mrk-)?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/;

/**
 * The key that a name means: an id, an ARN, an alias or its ARN. Without an ARN it is the caller's own;
 * in any case it is of the region that was asked. Throws KmsError NotFoundException as KMS words it.
 */
export function findKey(keys: KeyStore, name: string, caller: KeyAddress): KeyRecord {
  const { address, local } = placeOf(name, caller);
  if (local.startsWith("alias/")) {
    const key = keys.aliased(address, local);
    if (key === undefined) throw notFound(`Alias ${aliasArn(address, local)} is not found.`);
    return key;
  }
  const id = local.replace(/^key\//, "");
  const key = keys.find(address, id);
  if (key !== undefined) return key;
  throw uuid.test(id) ? noSuchKey(keyArn({ ...address, id })) : notFound(`Invalid keyId '${id}'`);
}

function placeOf(
  name: string,
  caller: KeyAddress,
): { readonly address: KeyAddress; readonly local: string } {
  if (!name.startsWith("arn:")) return { address: caller, local: name };
  const [, region = "", accountId = "", local = ""] =
    /^arn:[^:]*:kms:([^:]*):(\d{12}):((?:key|alias)\/.+)$/.exec(name) ?? [];
  if (local === "") throw notFound(`Invalid arn ${name}`);
  if (region !== caller.region) throw notFound(`Invalid arn ${region}`);
  return { address: { ...caller, accountId }, local };
}
