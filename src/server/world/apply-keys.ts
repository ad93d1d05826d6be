import { createHash, randomUUID } from "node:crypto";
import type { Records } from "../../engine/records.ts";
import type { GrantRecord, KeyAddress, KeyRecord } from "../kms/key-record.ts";
import { defaultKeyPolicy } from "../kms/key-policy.ts";
import type { KeyStore } from "../kms/key-store.ts";
import { declarationHash } from "./declaration-hash.ts";
import { tagsOf } from "./declare-world.ts";
import type { WorldGrant, WorldKey } from "./key-shape.ts";
import type { World } from "./world.ts";

const markKind = "worldkey";
const dayMs = 86_400_000;
/** Source: KMS API reference, ScheduleKeyDeletion. */
const longestWaitDays = 30;

/** Of a key that is declared no more, and may be again. */
const goneHash = "";

interface Mark {
  readonly hash: string;
  readonly keyId: string;
}

export interface KeyTarget {
  readonly keys: KeyStore;
  readonly records: Records;
  readonly region: string;
  readonly partition: string;
  readonly now: Date;
}

/**
 * Makes the keys that a world declares. As with identities, what is declared as before leaves changes
 * made since alone. A key that is declared no more is not destroyed, since what is encrypted under it
 * would be lost: its deletion is scheduled, as late as can be, and taken back when it is declared again.
 */
export async function applyKeys(target: KeyTarget, world: World): Promise<void> {
  const { records, keys } = target;
  await keys.purge();
  const declared = new Set<string>();
  for (const [accountId, account] of world.accounts) {
    const partition = account.partition ?? target.partition;
    for (const [alias, key] of account.kmsKeys) {
      const address = { accountId, region: key.region ?? target.region, partition };
      const place = `${accountId}/${address.region}/${alias}`;
      declared.add(place);
      const hash = declarationHash(key);
      const mark = records.get(markKind, place) as Mark | undefined;
      if (mark?.hash === hash) continue;
      const keyId = await putKey(target, address, { alias, key, knownId: mark?.keyId });
      await records.update((changes) => changes.put(markKind, place, { hash, keyId }));
    }
  }
  for (const { id: place, value } of Array.from(records.list(markKind))) {
    if (!declared.has(place)) await forgetKey(target, place, value as Mark);
  }
}

interface DeclaredKmsKey {
  readonly alias: string;
  readonly key: WorldKey;
  /** Of the key that the world made under this alias before. */
  readonly knownId: string | undefined;
}

async function putKey(
  { keys, now }: KeyTarget,
  address: KeyAddress,
  { alias, key, knownId }: DeclaredKmsKey,
): Promise<string> {
  const name = `alias/${alias}`;
  const id = key.id ?? knownId ?? keys.aliased(address, name)?.id ?? randomUUID();
  const there =
    keys.find(address, id) ??
    (await keys.create({ ...address, id, description: "", policy: "{}", manager: "CUSTOMER" }));
  const changed = await keys.change(there, ({ deletionAt, ...kept }) => ({
    ...kept,
    description: key.description ?? "",
    policy: key.policy ?? defaultKeyPolicy(address),
    tags: tagsOf(key.tags),
    state: key.state,
    ...(key.state === "PendingDeletion" && {
      deletionAt: deletionAt ?? now.getTime() + key.deletionInDays * dayMs,
    }),
  }));
  const aliased = keys.aliased(address, name);
  if (aliased === undefined) await keys.addAlias(address, name, id);
  else if (aliased.id !== id) await keys.moveAlias(address, name, id);
  await putGrants(keys, changed, key.grants, now);
  return id;
}

/** Those of the world have ids of their own, so that those made by the API stay. */
async function putGrants(
  keys: KeyStore,
  key: KeyRecord,
  grants: ReadonlyMap<string, WorldGrant>,
  now: Date,
): Promise<void> {
  for (const there of keys.grants(key)) {
    const ofWorld = there.name !== undefined && there.id === grantId(key, there.name);
    if (ofWorld) await keys.removeGrant(key, there.id);
  }
  for (const [name, grant] of grants) await keys.addGrant(key, grantOf(key, name, grant, now));
}

function grantId(key: KeyRecord, name: string): string {
  return createHash("sha256").update(`world/${key.id}/${name}`).digest("hex");
}

function grantOf(key: KeyRecord, name: string, grant: WorldGrant, now: Date): GrantRecord {
  const { grantee, retiring, operations, contextEquals, contextSubset } = grant;
  return {
    id: grantId(key, name),
    name,
    granteePrincipal: grantee,
    ...(retiring !== undefined && { retiringPrincipal: retiring }),
    operations,
    createdAt: now.getTime(),
    issuingAccount: key.accountId,
    ...(contextEquals !== undefined && { equals: Object.fromEntries(contextEquals) }),
    ...(contextSubset !== undefined && { subset: Object.fromEntries(contextSubset) }),
  };
}

async function forgetKey(target: KeyTarget, place: string, mark: Mark): Promise<void> {
  if (mark.hash === goneHash) return;
  const { keys, records, now, partition } = target;
  const [accountId = "", region = "", ...rest] = place.split("/");
  const alias = `alias/${rest.join("/")}`;
  const key = keys.find({ accountId, region, partition }, mark.keyId);
  if (key !== undefined) {
    await putGrants(keys, key, new Map(), now);
    if (keys.aliased(key, alias)?.id === key.id) await keys.removeAlias(key, alias);
    const deletionAt = key.deletionAt ?? now.getTime() + longestWaitDays * dayMs;
    await keys.change(key, (there) => ({ ...there, state: "PendingDeletion", deletionAt }));
  }
  await records.update((changes) => changes.put(markKind, place, { ...mark, hash: goneHash }));
}
