import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { noLayers } from "../../policy/access-layers.ts";
import { administratorAccess } from "../../policy/administrator-access.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { applyDeclaration } from "../iam/apply-declaration.ts";
import { IamDirectory } from "../iam/iam-directory.ts";
import { handleKms } from "./handle-kms.ts";
import { judgeKeyUse } from "./judge-key.ts";
import { viaS3 } from "./key-policy.ts";
import type { KeyAddress, KeyRecord } from "./key-record.ts";
import { KeyStore } from "./key-store.ts";

const accountId = "111122223333";
const strangeId = "444455556666";
const region = "eu-west-1";
const address: KeyAddress = { accountId, region, partition: "aws" };
const dayMs = 86_400_000;

let engine: Engine;
let directory: IamDirectory;
let keys: KeyStore;
let now: Date;

beforeEach(async () => {
  now = new Date("2026-11-26T10:00:00Z");
  engine = await openEngine({ durability: "memory", now: () => now });
  directory = new IamDirectory(engine, randomBytes);
  keys = new KeyStore(engine, () => now, directory);
});
afterEach(async () => await engine.close());

function user(name: string, more: Partial<AuthenticatedCaller> = {}): AuthenticatedCaller {
  const arn = `arn:aws:iam::${more.accountId ?? accountId}:user/${name}`;
  const names = { arn, principalArn: arn, userId: `AIDA${name}`, accessKeyId: `AKIA${name}` };
  return { kind: "user", accountId, layers: noLayers, ...names, ...more };
}

/** Of aliases alone, which no key policy covers. */
const aliasText = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: "kms:UpdateAlias",
    Resource: `arn:aws:kms:${region}:${accountId}:alias/*`,
  },
});
const aliasPolicy = compilePolicy(parsePolicyOf(attachedPolicyKind("identity"), aliasText));
const aliasLayers = { identity: [{ name: "aliases", policy: aliasPolicy }] };
const everything = { identity: [administratorAccess] };
const admin = user("admin", { layers: everything });
const nobody = user("nobody");

// oxlint-disable-next-line typescript/no-explicit-any -- answers of many shapes
type Json = Record<string, any>;

/** Of an error `__type` and `message`. */
async function call(operation: string, input: object, caller = admin): Promise<Json> {
  const { body } = await handleKms({
    target: `TrentService.${operation}`,
    body: Buffer.from(JSON.stringify(input)),
    caller,
    requestId: "r-1",
    keys,
    region,
    partition: "aws",
    now,
    lookup: () => undefined,
  });
  return JSON.parse(typeof body === "string" ? body : "") as Json;
}

async function newKey(): Promise<string> {
  return (await call("CreateKey", {}))["KeyMetadata"].KeyId as string;
}

const refused = (message: unknown) => ({
  __type: "AccessDeniedException",
  message: expect.stringContaining(String(message)),
});
const encrypt = (KeyId: string) => ({ KeyId, Plaintext: "eA==" });

test("a list that fits into a page is all of it", async () => {
  await newKey();
  await newKey();
  const { Keys, ...more } = await call("ListKeys", { Limit: 2 });
  expect(Keys).toHaveLength(2);
  expect(more).toEqual({ Truncated: false });
});

describe("aliases", () => {
  test("are moved by whoever may move them from the one key and to the other", async () => {
    const [from, to] = [await newKey(), await newKey()];
    const AliasName = "alias/mine";
    await call("CreateAlias", { AliasName, TargetKeyId: from });
    const root = { AWS: `arn:aws:iam::${accountId}:root` };
    const statement = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const open = async (KeyId: string) => {
      const Statement = [root, { AWS: nobody.arn }].map((Principal) => ({
        ...statement,
        Principal,
      }));
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      expect(await call("PutKeyPolicy", { KeyId, Policy })).toEqual({});
    };
    await open(to);
    const move = { AliasName, TargetKeyId: to };
    expect(await call("UpdateAlias", move, nobody)).toEqual(refused("alias/mine"));
    const mover = user("nobody", { layers: aliasLayers });
    expect(await call("UpdateAlias", move, mover)).toEqual(refused(`key/${from}`));
    await open(from);
    expect(await call("UpdateAlias", move, mover)).toEqual({});
  });

  test("of other keys stay when one is gone", async () => {
    const [gone, there] = [await newKey(), await newKey()];
    await call("CreateAlias", { AliasName: "alias/gone", TargetKeyId: gone });
    await call("CreateAlias", { AliasName: "alias/there", TargetKeyId: there });
    await call("ScheduleKeyDeletion", { KeyId: gone, PendingWindowInDays: 7 });
    now = new Date(now.getTime() + 7 * dayMs);
    const { Aliases } = await call("ListAliases", {});
    expect(Aliases).toMatchObject([{ AliasName: "alias/there", TargetKeyId: there }]);
  });
});

test("a key that is made anew under its id has other material", async () => {
  const again = { ...address, id: "the-id", description: "", policy: "{}", manager: "CUSTOMER" };
  const make = async () =>
    keys.materialOf(await keys.create(again as Parameters<KeyStore["create"]>[0]));
  expect((await make()).equals(await make())).toBe(false);
});

test("ReEncrypt takes the old context off and puts the new one on", async () => {
  const [a, b] = [await newKey(), await newKey()];
  const before = { EncryptionContext: { team: "red" } };
  const { CiphertextBlob } = await call("Encrypt", { ...encrypt(a), ...before });
  const moved = await call("ReEncrypt", {
    CiphertextBlob,
    DestinationKeyId: b,
    SourceEncryptionContext: { team: "red" },
    DestinationEncryptionContext: { team: "blue" },
  });
  const blob = { CiphertextBlob: moved["CiphertextBlob"] as string };
  const after = { EncryptionContext: { team: "blue" } };
  expect(await call("Decrypt", { ...blob, ...after })).toMatchObject({ Plaintext: "eA==" });
  expect((await call("Decrypt", { ...blob, ...before }))["__type"]).toBe(
    "InvalidCiphertextException",
  );
});

test("a grant to a role is one to its sessions", async () => {
  const KeyId = await newKey();
  const GranteePrincipal = `arn:aws:iam::${accountId}:role/Reader`;
  await call("CreateGrant", { KeyId, GranteePrincipal, Operations: ["Encrypt"] });
  const sessionOf = (role: string) =>
    user("session", {
      kind: "assumed-role",
      arn: `arn:aws:sts::${accountId}:assumed-role/${role}/me`,
      principalArn: `arn:aws:iam::${accountId}:role/${role}`,
      userId: `AROA${role}:me`,
    });
  expect(await call("Encrypt", encrypt(KeyId), sessionOf("Reader"))).toHaveProperty("KeyId");
  expect(await call("Encrypt", encrypt(KeyId), sessionOf("Writer"))).toEqual(
    refused("kms:Encrypt"),
  );
});

const statement = (more: object): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Resource: "*", ...more } });

describe("in an organisation", () => {
  const id = "o-a1b2c3d4e5";
  const noKeys = statement({ Effect: "Deny", Principal: "*", Action: "kms:*" });

  async function organize(resourcePolicies: readonly string[]): Promise<void> {
    const everywhere = {
      serviceControl: [{ name: "full", document: statement({ Action: "*" }) }],
      resourceControl: [{ name: "full", document: statement({ Action: "*", Principal: "*" }) }],
    };
    const limits = resourcePolicies.map((document) => ({ name: "limit", document }));
    const none = { rootKeys: [], policies: [], groups: [], users: [], roles: [] };
    const ids = [accountId, strangeId];
    await applyDeclaration(
      directory,
      "world",
      {
        accounts: ids.map((one) => ({ id: one, partition: "aws", ...none })),
        organization: {
          id,
          managementAccountId: "999999999999",
          root: {
            id: "r-ab12",
            ...everywhere,
            resourceControl: [...everywhere.resourceControl, ...limits],
            units: [],
            accounts: ids.map((one) => ({ id: one, ...everywhere })),
          },
        },
      },
      now,
    );
  }

  test("callers of its other accounts are told what is missing", async () => {
    await organize([]);
    const KeyId = `arn:aws:kms:${region}:${accountId}:key/${await newKey()}`;
    const stranger = user("eve", { accountId: strangeId, layers: everything });
    const member = { ...stranger, organization: { id, path: `${id}/r-ab12/` } };
    expect(await call("Encrypt", encrypt(KeyId), member)).toEqual(
      refused("because no resource-based policy allows the kms:Encrypt action"),
    );
    expect(await call("Encrypt", encrypt(KeyId), stranger)).toEqual(
      refused("because the resource does not exist in this Region"),
    );
  });

  test("its policies limit what is done to the account's keys, but not to AWS's own", async () => {
    await organize([noKeys]);
    const own = await keys.managed(address);
    const customers = { ...own, manager: "CUSTOMER" } as const;
    const use = (key: KeyRecord) => (): void =>
      judgeKeyUse(keys, key, {
        caller: admin,
        action: "GenerateDataKey",
        context: {},
        viaService: viaS3(region, "aws"),
        lookup: () => undefined,
      });
    expect(use(own)).not.toThrow();
    expect(use(customers)).toThrow("with an explicit deny in a resource control policy");
  });
});
