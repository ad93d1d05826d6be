import { randomBytes, randomUUID } from "node:crypto";
import type { Tag } from "../../core/bucket-settings.ts";
import { serverLimits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RecordChanges } from "../../engine/records.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import type { Identities, KnownPrincipals } from "../identities/identities.ts";
import { PolicyDocuments } from "../iam/policy-documents.ts";
import { KnownRecords } from "../known-records.ts";
import {
  type AliasRecord,
  aliasArn,
  type GrantRecord,
  type KeyAddress,
  keyArn,
  type KeyRecord,
} from "./key-record.ts";
import { managedKeyPolicy } from "./key-policy.ts";
import { KmsError, noSuchKey, notFound } from "./kms-error.ts";

const keyKind = "kmskey";
const aliasKind = "kmsalias";
const grantKind = "kmsgrant";
export const managedAlias = "alias/aws/s3";
const materialBytes = 32;

export interface NewKey extends KeyAddress {
  /** Default: a random one. */
  readonly id?: string;
  readonly description: string;
  readonly policy: string;
  readonly manager: KeyRecord["manager"];
  readonly tags?: readonly Tag[];
}

/** The keys of KMS, in the store's records; what was made of them is kept until they change. */
export class KeyStore {
  readonly identities: KnownPrincipals & Pick<Identities, "organizationOf" | "resourceLayers">;
  readonly #engine: Engine;
  readonly #now: () => Date;
  readonly #policies = new PolicyDocuments();
  readonly #records: KnownRecords;
  #due = { changes: -1, at: Number.POSITIVE_INFINITY };
  readonly #materials = new Map<string, { readonly sealed: string; readonly bytes: Buffer }>();

  constructor(engine: Engine, now: () => Date, identities: KeyStore["identities"]) {
    this.#engine = engine;
    this.#records = new KnownRecords(engine.records, [keyKind, aliasKind]);
    this.identities = identities;
    this.#now = now;
  }

  async create(input: NewKey): Promise<KeyRecord> {
    const { id = randomUUID(), description, policy, manager, tags } = input;
    const key: KeyRecord = {
      ...addressOf(input),
      id,
      createdAt: this.#now().getTime(),
      state: "Enabled",
      description,
      manager,
      policy,
      material: this.#engine.secrets.seal(randomBytes(materialBytes)).toString("base64"),
      ...(tags !== undefined && tags.length > 0 && { tags }),
    };
    await this.#engine.records.update((records) => records.put(keyKind, idOf(key, key.id), key));
    return key;
  }

  /** The account's own key for S3, made when it is first asked for; of two at once one is kept. */
  async managed(address: KeyAddress): Promise<KeyRecord> {
    const known = this.aliased(address, managedAlias);
    if (known !== undefined) return known;
    const description = "Default key that protects my S3 objects when no other key is defined";
    const policy = managedKeyPolicy(address);
    const made = await this.create({ ...address, description, policy, manager: "AWS" });
    const keyId = await this.#engine.records.update((records) => {
      const there = records.get(aliasKind, idOf(address, managedAlias)) as AliasRecord | undefined;
      if (there !== undefined) {
        records.remove(keyKind, idOf(address, made.id));
        return there.keyId;
      }
      records.put(aliasKind, idOf(address, managedAlias), this.#newAlias(made.id));
      return made.id;
    });
    return this.find(address, keyId) ?? made;
  }

  /** Undefined: there is none, or it was deleted by now. */
  find(address: KeyAddress, id: string): KeyRecord | undefined {
    const key = this.#records.get(keyKind, idOf(address, id)) as KeyRecord | undefined;
    return key === undefined || this.#isDeleted(key) ? undefined : key;
  }

  list(address: KeyAddress): KeyRecord[] {
    return Array.from(this.#engine.records.list(keyKind, idOf(address, ""))).flatMap(
      ({ value }) => {
        const key = value as KeyRecord;
        return this.#isDeleted(key) ? [] : [key];
      },
    );
  }

  /** One atomic change of a key. Throws KmsError NotFoundException. */
  async change(key: KeyRecord, change: (key: KeyRecord) => KeyRecord): Promise<KeyRecord> {
    return await this.#engine.records.update((records) => {
      const id = idOf(key, key.id);
      const there = records.get(keyKind, id) as KeyRecord | undefined;
      if (there === undefined || this.#isDeleted(there)) throw noSuchKey(keyArn(key));
      const changed = change(there);
      records.put(keyKind, id, changed);
      return changed;
    });
  }

  aliased(address: KeyAddress, name: string): KeyRecord | undefined {
    const alias = this.#records.get(aliasKind, idOf(address, name));
    return alias === undefined ? undefined : this.find(address, (alias as AliasRecord).keyId);
  }

  aliases(address: KeyAddress): { readonly name: string; readonly alias: AliasRecord }[] {
    const prefix = idOf(address, "");
    return Array.from(this.#engine.records.list(aliasKind, prefix), ({ id, value }) => ({
      name: id.slice(prefix.length),
      alias: value as AliasRecord,
    }));
  }

  /** Throws KmsError AlreadyExistsException. */
  async addAlias(address: KeyAddress, name: string, keyId: string): Promise<void> {
    await this.#engine.records.update((records) => {
      const id = idOf(address, name);
      if (records.get(aliasKind, id) !== undefined) {
        const arn = aliasArn(address, name);
        throw new KmsError(
          "AlreadyExistsException",
          `An alias with the name ${arn} already exists`,
        );
      }
      records.put(aliasKind, id, this.#newAlias(keyId));
    });
  }

  /** Throws KmsError NotFoundException. */
  async moveAlias(address: KeyAddress, name: string, keyId: string): Promise<void> {
    await this.#engine.records.update((records) => {
      const there = aliasIn(records, address, name);
      const updatedAt = this.#now().getTime();
      records.put(aliasKind, idOf(address, name), { ...there, keyId, updatedAt });
    });
  }

  /** Throws KmsError NotFoundException. */
  async removeAlias(address: KeyAddress, name: string): Promise<void> {
    await this.#engine.records.update((records) => {
      aliasIn(records, address, name);
      records.remove(aliasKind, idOf(address, name));
    });
  }

  grants(key: KeyRecord): GrantRecord[] {
    const list = this.#engine.records.list(grantKind, idOf(key, `${key.id}/`));
    return Array.from(list, ({ value }) => value as GrantRecord);
  }

  async addGrant(key: KeyRecord, grant: GrantRecord): Promise<void> {
    await this.#engine.records.update((records) => {
      const held = Array.from(records.list(grantKind, idOf(key, `${key.id}/`))).length;
      if (held >= serverLimits.grantsPerKey) {
        throw new KmsError("LimitExceededException", "The key has as many grants as it may have.");
      }
      records.put(grantKind, idOf(key, `${key.id}/${grant.id}`), grant);
    });
  }

  /** Throws KmsError NotFoundException. */
  async removeGrant(key: KeyRecord, grantId: string): Promise<void> {
    await this.#engine.records.update((records) => {
      const id = idOf(key, `${key.id}/${grantId}`);
      if (records.get(grantKind, id) === undefined) {
        throw notFound(`Grant ID ${grantId} not found`);
      }
      records.remove(grantKind, id);
    });
  }

  /** Ready to judge requests. */
  policyOf({ policy }: KeyRecord): CompiledPolicy {
    return this.#policies.compiled("key", policy);
  }

  /** 32 bytes. */
  materialOf(key: KeyRecord): Buffer {
    const known = this.#materials.get(key.id);
    if (known?.sealed === key.material) return known.bytes;
    const bytes = this.#engine.secrets.open(Buffer.from(key.material, "base64"));
    if (this.#materials.size >= serverLimits.compiledPolicies) this.#materials.clear();
    this.#materials.set(key.id, { sealed: key.material, bytes });
    return bytes;
  }

  /** Removes keys whose time has come, with their material, aliases and grants. */
  async purge(): Promise<void> {
    if (this.#nextDeletion() > this.#now().getTime()) return;
    await this.#engine.records.update((records) => {
      for (const { id, value } of Array.from(records.list(keyKind))) {
        const key = value as KeyRecord;
        if (!this.#isDeleted(key)) continue;
        records.remove(keyKind, id);
        for (const grant of Array.from(records.list(grantKind, `${id}/`))) {
          records.remove(grantKind, grant.id);
        }
        for (const alias of Array.from(records.list(aliasKind, idOf(key, "")))) {
          if ((alias.value as AliasRecord).keyId === key.id) records.remove(aliasKind, alias.id);
        }
      }
    });
    this.#materials.clear();
  }

  /** When the next key goes. Every use of a key asks, so that they are gone through once a change. */
  #nextDeletion(): number {
    const changes = this.#engine.records.changesOf(keyKind);
    if (changes !== this.#due.changes) {
      let at = Number.POSITIVE_INFINITY;
      for (const { value } of this.#engine.records.list(keyKind)) {
        at = Math.min(at, (value as KeyRecord).deletionAt ?? at);
      }
      this.#due = { changes, at };
    }
    return this.#due.at;
  }

  #newAlias(keyId: string): AliasRecord {
    const createdAt = this.#now().getTime();
    return { keyId, createdAt, updatedAt: createdAt };
  }

  #isDeleted({ deletionAt }: KeyRecord): boolean {
    return deletionAt !== undefined && deletionAt <= this.#now().getTime();
  }
}

function addressOf({ accountId, region, partition }: KeyAddress): KeyAddress {
  return { accountId, region, partition };
}

function idOf({ accountId, region }: KeyAddress, id: string): string {
  return `${accountId}/${region}/${id}`;
}

function aliasIn(records: RecordChanges, address: KeyAddress, name: string): AliasRecord {
  const there = records.get(aliasKind, idOf(address, name));
  if (there === undefined) throw notFound(`Alias ${aliasArn(address, name)} is not found.`);
  return there as AliasRecord;
}
