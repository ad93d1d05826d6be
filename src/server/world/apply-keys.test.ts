import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { IamDirectory } from "../iam/iam-directory.ts";
import type { KeyAddress, KeyRecord } from "../kms/key-record.ts";
import { KeyStore } from "../kms/key-store.ts";
import { applyKeys } from "./apply-keys.ts";
import { worldOf } from "./world-of.ts";

const accountId = "111122223333";
const region = "eu-west-1";
const partition = "aws";
const address: KeyAddress = { accountId, region, partition };
const dayMs = 86_400_000;

let engine: Engine;
let keys: KeyStore;
let now: Date;

beforeEach(async () => {
  now = new Date("2026-11-26T10:00:00Z");
  engine = await openEngine({ durability: "memory", now: () => now });
  keys = new KeyStore(engine, () => now, new IamDirectory(engine, randomBytes));
});
afterEach(async () => await engine.close());

async function declare(kmsKeys: object): Promise<void> {
  const users = { ada: {}, bob: {} };
  const world = worldOf({ version: 1, accounts: { [accountId]: { users, kmsKeys } } }, { region });
  await applyKeys({ keys, records: engine.records, region, partition, now }, world);
}

function key(name: string): KeyRecord {
  const found = keys.aliased(address, `alias/${name}`);
  if (found === undefined) throw new Error(`There is no key ${name}.`);
  return found;
}

const newKey = { ...address, description: "", policy: "{}", manager: "CUSTOMER" } as const;
const grant = (grantee: string) => ({
  grantee: `arn:aws:iam::${accountId}:user/${grantee}`,
  operations: ["Decrypt"],
});

test("what is declared as before leaves changes made since alone", async () => {
  await declare({ storage: { description: "ours" } });
  await keys.change(key("storage"), (there) => ({ ...there, state: "Disabled" }));
  await declare({ storage: { description: "ours" } });
  expect(key("storage")).toMatchObject({ state: "Disabled", description: "ours" });
  await declare({ storage: { description: "theirs" } });
  expect(key("storage")).toMatchObject({ state: "Enabled", description: "theirs" });
});

test("grants are those that are declared, beside those made by calls", async () => {
  await declare({ storage: { grants: { one: grant("ada"), two: grant("bob") } } });
  const ofCall = { id: "a1", granteePrincipal: "x", createdAt: 0, issuingAccount: accountId };
  await keys.addGrant(key("storage"), { ...ofCall, name: "one", operations: ["Encrypt"] });
  await declare({ storage: { grants: { two: grant("bob") } } });
  const names = () => keys.grants(key("storage")).map(({ id, name }) => (id === "a1" ? id : name));
  expect(new Set(names())).toEqual(new Set(["a1", "two"]));
});

test("a key that is declared no more is deleted as late as can be, once, and comes back", async () => {
  await declare({ storage: { grants: { one: grant("ada") } } });
  const { id } = key("storage");
  await declare({});
  const pending = { state: "PendingDeletion", deletionAt: now.getTime() + 30 * dayMs };
  const gone = keys.find(address, id);
  expect(gone).toMatchObject(pending);
  expect(gone && keys.grants(gone)).toEqual([]);
  expect(keys.aliases(address)).toEqual([]);

  now = new Date(now.getTime() + dayMs);
  if (gone !== undefined) await keys.change(gone, (there) => ({ ...there, state: "Enabled" }));
  await declare({});
  expect(keys.find(address, id)?.state).toBe("Enabled");
  await declare({ storage: {} });
  expect(key("storage")).toMatchObject({ id, state: "Enabled" });
  expect(key("storage")).not.toHaveProperty("deletionAt");
});

test("an alias that names another key by now stays with that one", async () => {
  await declare({ storage: {} });
  const other = await keys.create(newKey);
  await keys.moveAlias(address, "alias/storage", other.id);
  await declare({});
  expect(key("storage").id).toBe(other.id);
});

test("what is left of a key whose time has come does not stand in the way of a new one", async () => {
  const old = await keys.create(newKey);
  await keys.addAlias(address, "alias/storage", old.id);
  const deletionAt = now.getTime() + 7 * dayMs;
  await keys.change(old, (there) => ({ ...there, state: "PendingDeletion", deletionAt }));
  now = new Date(deletionAt);
  await declare({ storage: {} });
  expect(key("storage").id).not.toBe(old.id);
});
