// Over 400 lines: one server and one set of calls for keys, aliases, grants and who may use them.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { type CallerLayers, noLayers } from "../../policy/access-layers.ts";
import { administratorAccess } from "../../policy/administrator-access.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import { IamDirectory } from "../iam/iam-directory.ts";
import type { S3Response } from "../operation.ts";
import { handleKms } from "./handle-kms.ts";
import { judgeKeyUse } from "./judge-key.ts";
import { KeyStore } from "./key-store.ts";
import { KmsError } from "./kms-error.ts";

const account = "111122223333";
const region = "eu-west-1";
let engine: Engine;
let keys: KeyStore;
let now: Date;

beforeEach(async () => {
  now = new Date("2026-11-26T10:00:00Z");
  engine = await openEngine({ durability: "memory", now: () => now });
  keys = new KeyStore(engine, () => now, new IamDirectory(engine, randomBytes));
});
afterEach(async () => await engine.close());

function user(name: string, layers: CallerLayers, accountId = account): AuthenticatedCaller {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  const userId = `AIDA${name.toUpperCase().padEnd(16, "0")}`;
  const accessKeyId = "AKIA0000000000000000";
  return { kind: "user", accountId, arn, principalArn: arn, userId, accessKeyId, layers };
}

function allowing(...actions: string[]): CallerLayers {
  return statements({ Effect: "Allow", Action: actions, Resource: "*" });
}

function statements(...Statement: object[]): CallerLayers {
  const text = JSON.stringify({ Version: "2012-10-17", Statement });
  const policy = compilePolicy(parsePolicyOf(attachedPolicyKind("identity"), text));
  return { identity: [{ name: "own", policy }] };
}

const admin = user("admin", { identity: [administratorAccess] });
const nobody = user("nobody", noLayers);
const stranger = user("eve", { identity: [administratorAccess] }, "444455556666");

// oxlint-disable-next-line typescript/no-explicit-any -- answers of many shapes
type Json = Record<string, any>;

function textOf({ body }: S3Response): string {
  return typeof body === "string" ? body : "";
}

async function call(
  operation: string,
  input: object = {},
  as: Caller = admin,
): Promise<{ status: number; body: Json }> {
  const answer = await handleKms({
    target: `TrentService.${operation}`,
    body: Buffer.from(JSON.stringify(input)),
    caller: as,
    requestId: "r-1",
    keys,
    region,
    partition: "aws",
    now,
    lookup: () => undefined,
  });
  return { status: answer.status, body: JSON.parse(textOf(answer)) as Json };
}

async function ok(operation: string, input: object = {}, as: Caller = admin): Promise<Json> {
  const { status, body } = await call(operation, input, as);
  expect([status, body["message"]]).toEqual([200, undefined]);
  return body;
}

async function refused(operation: string, input: object = {}, as: Caller = admin): Promise<string> {
  const { status, body } = await call(operation, input, as);
  expect(status).toBe(400);
  return `${body["__type"]}: ${body["message"]}`;
}

async function newKey(input: object = {}): Promise<string> {
  return (await ok("CreateKey", input))["KeyMetadata"].KeyId as string;
}

const arnOf = (id: string) => `arn:aws:kms:${region}:${account}:key/${id}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("keys", () => {
  test("are made, described and listed in AWS's form", async () => {
    const { KeyMetadata } = await ok("CreateKey", { Description: "mine" });
    expect(KeyMetadata).toEqual({
      AWSAccountId: account,
      Arn: arnOf(KeyMetadata.KeyId),
      CreationDate: now.getTime() / 1000,
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      Description: "mine",
      Enabled: true,
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      KeyId: KeyMetadata.KeyId,
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT_DECRYPT",
      MultiRegion: false,
      Origin: "AWS_KMS",
    });
    expect(await ok("DescribeKey", { KeyId: KeyMetadata.Arn })).toEqual({ KeyMetadata });
    await newKey();
    const first = await ok("ListKeys", { Limit: 1 });
    expect(first).toMatchObject({ Truncated: true, Keys: [{ KeyArn: expect.any(String) }] });
    const second = await ok("ListKeys", { Marker: first["NextMarker"] });
    expect(second["Keys"]).toHaveLength(1);
  });

  test.each([
    ["fake-key-id", "NotFoundException: Invalid keyId 'fake-key-id'"],
    [
      "134f2428-cec1-4b25-a1ae-9048164dba47",
      `NotFoundException: Key '${arnOf("134f2428-cec1-4b25-a1ae-9048164dba47")}' does not exist`,
    ],
    [
      "arn:aws:kms:us-west-2:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47",
      "NotFoundException: Invalid arn us-west-2",
    ],
    [
      "alias/none",
      `NotFoundException: Alias arn:aws:kms:${region}:${account}:alias/none is not found.`,
    ],
  ])("%s is not there", async (KeyId, message) => {
    expect(await refused("DescribeKey", { KeyId })).toBe(message);
  });

  test("are disabled, enabled, scheduled for deletion, and gone", async () => {
    const KeyId = await newKey();
    const input = { KeyId, Plaintext: base64("x") };
    const { CiphertextBlob } = await ok("Encrypt", input);
    await ok("DisableKey", { KeyId });
    expect(await refused("Encrypt", input)).toBe(`DisabledException: ${arnOf(KeyId)} is disabled.`);
    expect(await refused("Decrypt", { CiphertextBlob })).toContain("DisabledException");
    await ok("EnableKey", { KeyId });
    await ok("Encrypt", input);
    const scheduled = await ok("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    expect(scheduled).toMatchObject({ KeyState: "PendingDeletion", PendingWindowInDays: 7 });
    const pending = `KMSInvalidStateException: ${arnOf(KeyId)} is pending deletion.`;
    expect(await refused("Decrypt", { CiphertextBlob })).toBe(pending);
    expect(await refused("EnableKey", { KeyId })).toBe(pending);
    await ok("CancelKeyDeletion", { KeyId });
    const { KeyMetadata } = await ok("DescribeKey", { KeyId });
    expect(KeyMetadata).toMatchObject({ KeyState: "Disabled", Enabled: false });
    expect(KeyMetadata).not.toHaveProperty("DeletionDate");
    await ok("EnableKey", { KeyId });
    await ok("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId });
    await ok("ScheduleKeyDeletion", { KeyId });
    now = new Date(now.getTime() + 30 * 86_400_000);
    expect(await refused("Decrypt", { CiphertextBlob })).toContain("does not exist");
    expect((await ok("ListAliases"))["Aliases"]).toEqual([]);
    expect([...engine.records.list("kmskey")]).toEqual([]);
  });

  test("their material stands nowhere in the clear", async () => {
    const KeyId = await newKey();
    const record = keys.find({ accountId: account, region, partition: "aws" }, KeyId);
    const material = record === undefined ? randomBytes(32) : keys.materialOf(record);
    const stored = JSON.stringify([...engine.records.list("kmskey")]);
    expect(stored).not.toContain(material.toString("base64").slice(0, 20));
    expect(record?.material.length).toBeGreaterThan(60);
  });

  test("carry tags", async () => {
    const KeyId = await newKey({ Tags: [{ TagKey: "team", TagValue: "red" }] });
    await ok("TagResource", { KeyId, Tags: [{ TagKey: "x", TagValue: "1" }] });
    await ok("UntagResource", { KeyId, TagKeys: ["team"] });
    const { Tags } = await ok("ListResourceTags", { KeyId });
    expect(Tags).toEqual([{ TagKey: "x", TagValue: "1" }]);
  });
});

describe("aliases", () => {
  test("name a key, are moved and removed", async () => {
    const [a, b] = [await newKey(), await newKey()];
    await ok("CreateAlias", { AliasName: "alias/mine", TargetKeyId: a });
    expect((await ok("DescribeKey", { KeyId: "alias/mine" }))["KeyMetadata"].KeyId).toBe(a);
    expect(await refused("CreateAlias", { AliasName: "alias/mine", TargetKeyId: b })).toContain(
      "AlreadyExistsException",
    );
    await ok("UpdateAlias", { AliasName: "alias/mine", TargetKeyId: b });
    const arn = `arn:aws:kms:${region}:${account}:alias/mine`;
    expect((await ok("DescribeKey", { KeyId: arn }))["KeyMetadata"].KeyId).toBe(b);
    const { Aliases } = await ok("ListAliases", { KeyId: b });
    expect(Aliases).toMatchObject([{ AliasArn: arn, AliasName: "alias/mine", TargetKeyId: b }]);
    await ok("DeleteAlias", { AliasName: "alias/mine" });
    expect(await refused("DescribeKey", { KeyId: "alias/mine" })).toContain("is not found.");
  });

  test.each(["mine", "alias/", "alias/a b", "alias/aws/mine"])(
    "%s is refused",
    async (AliasName) => {
      const TargetKeyId = await newKey();
      expect(await refused("CreateAlias", { AliasName, TargetKeyId })).toMatch(
        /InvalidAliasNameException|NotAuthorizedException/,
      );
    },
  );
});

describe("what keys are for", () => {
  test("encrypts and decrypts, in the same context alone", async () => {
    const KeyId = await newKey();
    const EncryptionContext = { b: "2", a: "1" };
    const made = await ok("Encrypt", { KeyId, Plaintext: base64("secret"), EncryptionContext });
    expect(made).toMatchObject({ KeyId: arnOf(KeyId), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    const { CiphertextBlob } = made;
    const other = { CiphertextBlob, EncryptionContext: { a: "1", b: "2" } };
    expect(await ok("Decrypt", other)).toMatchObject({ Plaintext: base64("secret") });
    for (const context of [{}, { a: "1" }, { a: "1", b: "3" }, { a: "1", b: "2", c: "" }]) {
      const wrong = { CiphertextBlob, EncryptionContext: context };
      expect(await refused("Decrypt", wrong)).toContain("InvalidCiphertextException");
    }
    const KeyIdOfOther = await newKey();
    expect(await refused("Decrypt", { ...other, KeyId: KeyIdOfOther })).toContain(
      "IncorrectKeyException",
    );
    const bytes = Buffer.from(CiphertextBlob as string, "base64");
    for (const at of [0, 1, 10, bytes.length - 1]) {
      const turned = Buffer.from(bytes);
      turned[at] = (turned[at] ?? 0) ^ 1;
      const { status } = await call("Decrypt", {
        ...other,
        CiphertextBlob: turned.toString("base64"),
      });
      expect(status, `byte ${at}`).toBe(400);
    }
  });

  test("makes data keys, and encrypts anew under another key", async () => {
    const [a, b] = [await newKey(), await newKey()];
    const made = await ok("GenerateDataKey", { KeyId: a, KeySpec: "AES_256" });
    expect(Buffer.from(made["Plaintext"], "base64")).toHaveLength(32);
    const { CiphertextBlob } = made;
    const bare = await ok("GenerateDataKeyWithoutPlaintext", { KeyId: a, NumberOfBytes: 16 });
    expect(bare).not.toHaveProperty("Plaintext");
    const moved = await ok("ReEncrypt", { CiphertextBlob, DestinationKeyId: b });
    expect(moved).toMatchObject({ KeyId: arnOf(b), SourceKeyId: arnOf(a) });
    const opened = await ok("Decrypt", { CiphertextBlob: moved["CiphertextBlob"], KeyId: b });
    expect(opened["Plaintext"]).toBe(made["Plaintext"]);
    for (const wrong of [{}, { KeySpec: "AES_256", NumberOfBytes: 1 }, { KeySpec: "RSA" }]) {
      expect(await refused("GenerateDataKey", { KeyId: a, ...wrong })).toContain("Validation");
    }
  });
});

const encrypt = (KeyId: string) => ({ KeyId, Plaintext: base64("x") });

async function allowInPolicy(KeyId: string, principal: string): Promise<void> {
  const { Policy } = await ok("GetKeyPolicy", { KeyId });
  const policy = JSON.parse(Policy as string) as { Statement: object[] };
  policy.Statement.push({
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: "kms:*",
    Resource: "*",
  });
  await ok("PutKeyPolicy", { KeyId, Policy: JSON.stringify(policy) });
}

describe("who may", () => {
  test("by default the account's identity policies decide", async () => {
    const KeyId = await newKey();
    expect(await refused("Encrypt", encrypt(KeyId), nobody)).toBe(
      `AccessDeniedException: User: ${nobody.arn} is not authorized to perform: kms:Encrypt on ` +
        `resource: ${arnOf(KeyId)} because no identity-based policy allows the kms:Encrypt action`,
    );
    await ok("Encrypt", encrypt(KeyId), user("joe", allowing("kms:Encrypt")));
    expect(await refused("CreateKey", {}, nobody)).toContain("kms:CreateKey on resource: *");
  });

  test("strangers are told what may be the matter, and need both sides", async () => {
    const KeyId = arnOf(await newKey());
    expect(await refused("Encrypt", encrypt(KeyId), stranger)).toContain(
      "because the resource does not exist in this Region, no resource-based policies allow access",
    );
    await allowInPolicy(KeyId, stranger.arn);
    await ok("Encrypt", encrypt(KeyId), stranger);
    const poor = { ...stranger, layers: noLayers };
    expect(await refused("Encrypt", encrypt(KeyId), poor)).toContain("AccessDeniedException");
  });

  test("a key policy that names the caller is enough; without the account nobody else gets in", async () => {
    const KeyId = await newKey();
    await allowInPolicy(KeyId, nobody.arn);
    await ok("Encrypt", encrypt(KeyId), nobody);
    const only = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: admin.arn }, Action: "kms:*", Resource: "*" },
      ],
    };
    await ok("PutKeyPolicy", { KeyId, Policy: JSON.stringify(only) });
    const other = user("other", { identity: [administratorAccess] });
    expect(await refused("Encrypt", encrypt(KeyId), other)).toContain(
      "because no resource-based policy allows the kms:Encrypt action",
    );
  });

  test("a policy that locks the caller out is refused, unless that is wanted", async () => {
    const KeyId = await newKey();
    const statement = { Effect: "Allow", Principal: { AWS: nobody.arn }, Resource: "*" };
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ ...statement, Action: "kms:*" }],
    });
    expect(await refused("PutKeyPolicy", { KeyId, Policy })).toBe(
      "MalformedPolicyDocumentException: The new key policy will not allow you to update the key " +
        "policy in the future.",
    );
    await ok("PutKeyPolicy", { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    expect(await refused("CreateKey", { Policy: "{}" })).toContain("MalformedPolicyDocument");
  });

  test("a grant allows its operations, in its context, until it is revoked", async () => {
    const KeyId = await newKey();
    const { GrantId } = await ok("CreateGrant", {
      KeyId,
      GranteePrincipal: nobody.arn,
      Operations: ["Encrypt"],
      Constraints: { EncryptionContextSubset: { team: "red" } },
    });
    const input = { ...encrypt(KeyId), EncryptionContext: { team: "red", more: "1" } };
    const { CiphertextBlob } = await ok("Encrypt", input, nobody);
    expect(await refused("Encrypt", encrypt(KeyId), nobody)).toContain("AccessDenied");
    const decrypt = { CiphertextBlob, EncryptionContext: input.EncryptionContext };
    expect(await refused("Decrypt", decrypt, nobody)).toContain("AccessDenied");
    const { Grants } = await ok("ListGrants", { KeyId });
    expect(Grants).toMatchObject([
      { GrantId, GranteePrincipal: nobody.arn, Operations: ["Encrypt"] },
    ]);
    await ok("RevokeGrant", { KeyId, GrantId });
    expect(await refused("Encrypt", input, nobody)).toContain("AccessDenied");
    expect(await refused("RevokeGrant", { KeyId, GrantId })).toContain("NotFoundException");
  });

  test("a grant is for its grantee alone, and for all of its context where that is to be equal", async () => {
    const KeyId = await newKey();
    const other = user("other", noLayers);
    await ok("CreateGrant", {
      KeyId,
      GranteePrincipal: nobody.arn,
      Operations: ["Encrypt"],
      Constraints: { EncryptionContextEquals: { team: "red" } },
    });
    const encryptIn = (EncryptionContext: object) => ({ ...encrypt(KeyId), EncryptionContext });
    await ok("Encrypt", encryptIn({ team: "red" }), nobody);
    for (const context of [{}, { team: "blue" }, { team: "red", more: "1" }]) {
      expect(await refused("Encrypt", encryptIn(context), nobody)).toContain("AccessDenied");
    }
    expect(await refused("Encrypt", encryptIn({ team: "red" }), other)).toContain("AccessDenied");
  });

  test("a grant with a name is made once, however often it is asked for", async () => {
    const KeyId = await newKey();
    const plain = { KeyId, GranteePrincipal: nobody.arn, Operations: ["Encrypt"] };
    const { GrantId } = await ok("CreateGrant", { ...plain, Name: "one" });
    expect(await ok("CreateGrant", { ...plain, Name: "one" })).toMatchObject({ GrantId });
    const others = [plain, plain, { ...plain, Name: "two" }];
    others.push({ ...plain, Name: "one", Operations: ["Decrypt"] });
    for (const other of others)
      expect((await ok("CreateGrant", other))["GrantId"]).not.toBe(GrantId);
    expect((await ok("ListGrants", { KeyId }))["Grants"]).toHaveLength(5);
  });

  test("a grant is retired by whom it names, by those who may, and by nobody else", async () => {
    const KeyId = await newKey();
    const grant = { KeyId, GranteePrincipal: nobody.arn, Operations: ["Encrypt"] };
    const retiring = user("retiring", noLayers);
    const RetiringPrincipal = retiring.arn;
    const { GrantId } = await ok("CreateGrant", { ...grant, RetiringPrincipal });
    expect(await refused("RetireGrant", { KeyId, GrantId }, nobody)).toContain("AccessDenied");
    await ok("RetireGrant", { KeyId, GrantId }, retiring);
    const again = await ok("CreateGrant", grant);
    const second = { KeyId, GrantId: again["GrantId"] as string };
    expect(await refused("RetireGrant", second, retiring)).toContain("AccessDenied");
    await ok("RetireGrant", second, user("joe", allowing("kms:RetireGrant")));
    expect((await ok("ListGrants", { KeyId }))["Grants"]).toEqual([]);
  });

  test("conditions tell the service that asks, and see nothing of its own keys", async () => {
    const KeyId = await newKey();
    const root = { AWS: `arn:aws:iam::${account}:root` };
    const viaService = `s3.${region}.amazonaws.com`;
    const allow = { Effect: "Allow", Principal: { AWS: nobody.arn }, Resource: "*" };
    const Statement = [
      { Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" },
      {
        ...allow,
        Action: "kms:Encrypt",
        Condition: { StringEquals: { "kms:ViaService": viaService } },
      },
      { ...allow, Action: "kms:Decrypt", Condition: { StringEquals: { "s3:prefix": "x" } } },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await ok("PutKeyPolicy", { KeyId, Policy });
    const key = keys.find({ accountId: account, region, partition: "aws" }, KeyId);
    if (key === undefined) throw new Error("It is not there.");
    const judge = (action: string, via?: string) => (): void =>
      judgeKeyUse(keys, key, {
        caller: nobody,
        action,
        context: {},
        lookup: () => ["x"],
        ...(via !== undefined && { viaService: via }),
      });
    expect(judge("Encrypt", viaService)).not.toThrow();
    expect(judge("Encrypt", "s3.us-east-1.amazonaws.com")).toThrow(KmsError);
    expect(judge("Decrypt", viaService)).toThrow(KmsError);
    expect(await refused("Encrypt", encrypt(KeyId), nobody)).toContain("AccessDenied");
  });

  test("a Deny holds against grants, and conditions see the context and the request", async () => {
    const KeyId = await newKey();
    const grant = { GranteePrincipal: nobody.arn, Operations: ["Encrypt"] };
    await ok("CreateGrant", { KeyId, ...grant });
    const root = { AWS: `arn:aws:iam::${account}:root` };
    const Statement = [
      { Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" },
      {
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "kms:Encrypt",
        Resource: "*",
        Condition: { StringNotEquals: { "kms:EncryptionContext:Team": "red" } },
      },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await ok("PutKeyPolicy", { KeyId, Policy });
    expect(await refused("Encrypt", encrypt(KeyId), nobody)).toContain("with an explicit deny");
    await ok("Encrypt", { ...encrypt(KeyId), EncryptionContext: { team: "red" } }, nobody);
  });
});

describe("nobody gets more than was meant", () => {
  const grants = { Effect: "Allow", Action: "kms:CreateGrant", Resource: "*" };

  test("who was granted CreateGrant hands on no more than its own grant holds", async () => {
    const KeyId = await newKey();
    const GranteePrincipal = nobody.arn;
    const grant = { KeyId, GranteePrincipal };
    const { GrantId } = await ok("CreateGrant", {
      ...grant,
      Operations: ["CreateGrant", "Encrypt"],
    });
    const handOn = (more: object) => ({ KeyId, GranteePrincipal: stranger.arn, ...more });
    await ok("CreateGrant", handOn({ Operations: ["Encrypt"] }), nobody);
    for (const Operations of [["Decrypt"], ["Encrypt", "Decrypt"]]) {
      expect(await refused("CreateGrant", handOn({ Operations }), nobody)).toContain(
        "AccessDenied",
      );
    }
    await ok("RevokeGrant", { KeyId, GrantId });
    const Constraints = { EncryptionContextSubset: { team: "red" } };
    await ok("CreateGrant", { ...grant, Operations: ["CreateGrant", "Encrypt"], Constraints });
    const wider = handOn({ Operations: ["Encrypt"] });
    expect(await refused("CreateGrant", wider, nobody)).toContain("AccessDenied");
    const closer = { EncryptionContextEquals: { team: "red", more: "1" } };
    await ok("CreateGrant", { ...wider, Constraints }, nobody);
    await ok("CreateGrant", { ...wider, Constraints: closer }, nobody);
  });

  test("a grant to retire is one to retire itself", async () => {
    const KeyId = await newKey();
    const grant = { KeyId, GranteePrincipal: nobody.arn };
    const own = await ok("CreateGrant", { ...grant, Operations: ["RetireGrant", "Encrypt"] });
    const other = await ok("CreateGrant", { ...grant, Operations: ["Encrypt"] });
    const retire = ({ GrantId }: Json) => ({ KeyId, GrantId: GrantId as string });
    expect(await refused("RetireGrant", retire(other), nobody)).toContain("AccessDenied");
    await ok("RetireGrant", retire(own), nobody);
  });

  test("what limits a role and its organisation limits what it is granted", async () => {
    const KeyId = await newKey();
    const role = `arn:aws:iam::${account}:role/worker`;
    const { identity } = allowing("s3:*");
    const worker = (layers: Partial<CallerLayers>): AuthenticatedCaller => ({
      ...user("worker", { ...noLayers, ...layers }),
      kind: "assumed-role",
      arn: `arn:aws:sts::${account}:assumed-role/worker/one`,
      principalArn: role,
      userId: "AROAWORKER0000000000A:one",
    });
    await ok("CreateGrant", { KeyId, GranteePrincipal: role, Operations: ["Encrypt"] });
    await ok("Encrypt", encrypt(KeyId), worker({}));
    for (const layers of [
      { serviceControl: [identity] },
      { session: identity },
      {
        boundary: identity[0] ?? {
          name: "",
          policy: compilePolicy({ version: "2012-10-17", statements: [] }),
        },
      },
    ]) {
      expect(await refused("Encrypt", encrypt(KeyId), worker(layers))).toContain("AccessDenied");
    }
  });

  test.each([
    ["kms:GrantOperations", ["Encrypt"], { Operations: ["Encrypt"] }, { Operations: ["Decrypt"] }],
    ["kms:GranteePrincipal", [nobody.arn], {}, { GranteePrincipal: stranger.arn }],
    [
      "kms:GrantConstraintType",
      ["EncryptionContextSubset"],
      { Constraints: { EncryptionContextSubset: { a: "b" } } },
      { Constraints: { EncryptionContextEquals: { a: "b" } } },
    ],
  ])("conditions on %s hold for who makes a grant", async (key, values, good, bad) => {
    const KeyId = await newKey();
    const Condition = { "ForAllValues:StringEquals": { [key]: values } };
    const granting = user("granting", statements({ ...grants, Condition }));
    const grant = { KeyId, GranteePrincipal: nobody.arn, Operations: ["Encrypt"] };
    await ok("CreateGrant", { ...grant, ...good }, granting);
    expect(await refused("CreateGrant", { ...grant, ...bad }, granting)).toContain("AccessDenied");
  });

  test("a Deny sees the tags and aliases of a key, and the tags that are to be put", async () => {
    const KeyId = await newKey();
    const all = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const deny = (key: string, value: string) => ({
      ...all,
      Effect: "Deny",
      Condition: { "ForAnyValue:StringEquals": { [key]: value } },
    });
    const tagged = user("tagged", statements(all, deny("aws:ResourceTag/secret", "yes")));
    const aliased = user("aliased", statements(all, deny("kms:ResourceAliases", "alias/prod")));
    const tagging = user("tagging", statements(all, deny("aws:TagKeys", "secret")));
    const secret = [{ TagKey: "secret", TagValue: "yes" }];
    for (const one of [tagged, aliased]) await ok("Encrypt", encrypt(KeyId), one);
    const tag = { KeyId, Tags: secret };
    expect(await refused("TagResource", tag, tagging)).toContain("AccessDenied");
    expect(await refused("CreateKey", { Tags: secret }, tagging)).toContain("AccessDenied");
    await ok("TagResource", { KeyId, Tags: secret });
    await ok("CreateAlias", { AliasName: "alias/prod", TargetKeyId: KeyId });
    for (const one of [tagged, aliased]) {
      expect(await refused("Encrypt", encrypt(KeyId), one)).toContain("AccessDenied");
    }
  });

  test.each(["CreateAlias", "UpdateAlias", "DeleteAlias"])(
    "%s asks for the alias too",
    async (name) => {
      const [first, TargetKeyId] = [await newKey(), await newKey()];
      if (name !== "CreateAlias") {
        await ok("CreateAlias", { AliasName: "alias/prod", TargetKeyId: first });
      }
      const all = { Effect: "Allow", Action: "kms:*", Resource: "*" };
      const prod = `arn:aws:kms:${region}:${account}:alias/prod`;
      const held = user("held", statements(all, { ...all, Effect: "Deny", Resource: prod }));
      const input = { AliasName: "alias/prod", TargetKeyId };
      expect(await refused(name, input, held)).toContain("AccessDenied");
      await ok(name, input);
    },
  );

  test("what changes a key is for its own account, whatever its policy says", async () => {
    const KeyId = await newKey();
    const both = [`arn:aws:iam::${account}:root`, "arn:aws:iam::444455556666:root"];
    const statement = { Effect: "Allow", Principal: { AWS: both }, Action: "kms:*", Resource: "*" };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await ok("PutKeyPolicy", { KeyId, Policy });
    const named = { KeyId: `arn:aws:kms:${region}:${account}:key/${KeyId}` };
    await ok("DescribeKey", named, stranger);
    await ok("Encrypt", { ...encrypt(KeyId), ...named }, stranger);
    for (const name of ["DisableKey", "GetKeyPolicy", "ScheduleKeyDeletion", "CancelKeyDeletion"]) {
      expect(await refused(name, named, stranger)).toContain("AccessDenied");
    }
    expect(await refused("PutKeyPolicy", { ...named, Policy }, stranger)).toContain("AccessDenied");
  });
});

describe("bad input", () => {
  test.each([
    ["NoSuch", {}, "UnknownOperationException"],
    ["toString", {}, "UnknownOperationException"],
    ["DescribeKey", {}, "ValidationException"],
    ["DescribeKey", { KeyId: 1 }, "SerializationException"],
    ["CreateKey", { Tags: [1] }, "SerializationException"],
    ["CreateKey", { KeySpec: "RSA_2048" }, "UnsupportedOperationException"],
    ["ScheduleKeyDeletion", { KeyId: "x", PendingWindowInDays: 1 }, "ValidationException"],
    ["Decrypt", { CiphertextBlob: base64("nonsense") }, "InvalidCiphertextException"],
    ["ListKeys", { Marker: "x" }, "InvalidMarkerException"],
  ])("%s %j: %s", async (operation, input, code) => {
    expect(await refused(operation, input)).toContain(code);
  });

  test("what is no JSON, and nobody's request", async () => {
    const request = {
      target: "TrentService.ListKeys",
      body: Buffer.from("no"),
      requestId: "r",
      keys,
      region,
      partition: "aws",
      now,
      lookup: () => undefined,
    };
    const broken = await handleKms({ ...request, caller: admin });
    expect(textOf(broken)).toContain("SerializationException");
    const anonymous = await handleKms({ ...request, caller: { kind: "anonymous" } });
    expect(textOf(anonymous)).toContain("MissingAuthenticationTokenException");
  });
});
