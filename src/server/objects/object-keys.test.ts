import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  keys as identities,
  noise,
  TestServer,
  type WireRequest,
  type WireResponse,
} from "../testing-fixtures/test-server.ts";

const account = "111122223333";
const sse = "x-amz-server-side-encryption";
const keyIdHeader = `${sse}-aws-kms-key-id`;
const body = noise(100_000);
let server: TestServer;
let keyId: string;

beforeAll(async () => {
  server = await TestServer.start();
  for (const path of ["/bkt", "/other"]) await server.send({ method: "PUT", path });
  await server.server.engine.updateBucketSettings("bkt", (settings) => {
    const { publicAccessBlock: _publicAccessBlock, ...open } = settings;
    return open;
  });
  await bucketPolicy(allowPlain);
});
afterAll(() => server.close());
beforeEach(async () => {
  keyId = (await kms("CreateKey")).KeyMetadata.KeyId;
});

interface KmsAnswer {
  readonly KeyMetadata: { readonly KeyId: string };
  readonly Policy: string;
  readonly Aliases: readonly object[];
}

async function kms(
  operation: string,
  input: object = {},
  wire: Partial<WireRequest> = {},
): Promise<KmsAnswer> {
  const answer = await server.send({
    method: "POST",
    path: "/",
    service: "kms",
    body: JSON.stringify(input),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `TrentService.${operation}`,
    },
    ...wire,
  });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return JSON.parse(answer.text) as KmsAnswer;
}

/** `plain` may do everything with the objects; of keys its policies say nothing. */
const allowPlain = {
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:user/plain` },
  Action: "s3:*",
  Resource: ["arn:aws:s3:::bkt", "arn:aws:s3:::bkt/*"],
};

async function bucketPolicy(...statements: object[]): Promise<void> {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const written = await server.send({ method: "PUT", path: "/bkt", query: "policy", body: text });
  expect(written.status).toBe(204);
}

const arnOf = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`;
const under = (id: string) => ({ [sse]: "aws:kms", [keyIdHeader]: id });
const { plain } = identities;

async function put(
  path: string,
  headers: Record<string, string>,
  more: Partial<WireRequest> = {},
): Promise<WireResponse> {
  return await server.send({ method: "PUT", path, body, headers, ...more });
}

function why({ status, code, text }: WireResponse): string {
  return `${status} ${code}: ${/<Message>(.*)<\/Message>/.exec(text)?.[1]?.replaceAll("&quot;", '"')}`;
}

const refusal = (action: string) =>
  `403 AccessDenied: User: arn:aws:iam::${account}:user/plain is not authorized to perform: ` +
  `kms:${action} on resource: ${arnOf(keyId)} because no identity-based policy allows the ` +
  `kms:${action} action`;

async function keyPolicyFor(...actions: string[]): Promise<void> {
  const { Policy } = await kms("GetKeyPolicy", { KeyId: keyId });
  const policy = JSON.parse(Policy) as { Statement: object[] };
  policy.Statement.push({
    Effect: "Allow",
    Principal: allowPlain.Principal,
    Action: actions,
    Resource: "*",
    Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
  });
  await kms("PutKeyPolicy", { KeyId: keyId, Policy: JSON.stringify(policy) });
}

describe("an object under a key of KMS", () => {
  test.each(["aws:kms", "aws:kms:dsse"])(
    "%s: is told by its key's ARN and read back",
    async (algorithm) => {
      const written = await put("/bkt/a", { [sse]: algorithm, [keyIdHeader]: keyId });
      const told = { [sse]: algorithm, [keyIdHeader]: arnOf(keyId) };
      expect(written).toMatchObject({ status: 200, headers: told });
      const read = await server.send({ path: "/bkt/a" });
      expect(read).toMatchObject({ status: 200, headers: told });
      expect(read.body.equals(body)).toBe(true);
    },
  );

  test("is found by alias, and without a name is under the account's own key", async () => {
    await kms("CreateAlias", { AliasName: `alias/${keyId}`, TargetKeyId: keyId });
    const byAlias = await put("/bkt/a", under(`alias/${keyId}`));
    expect(byAlias.headers[keyIdHeader]).toBe(arnOf(keyId));
    const own = [
      await put("/bkt/b", { [sse]: "aws:kms" }),
      await put("/bkt/c", { [sse]: "aws:kms" }),
    ];
    expect(own[0]?.headers[keyIdHeader]).toBe(own[1]?.headers[keyIdHeader]);
    const { Aliases } = await kms("ListAliases");
    expect(Aliases).toContainEqual(expect.objectContaining({ AliasName: "alias/aws/s3" }));
    const byPlain = await put("/bkt/d", { [sse]: "aws:kms" }, { credentials: plain });
    expect(byPlain.status).toBe(200);
  });

  test.each([
    ["fake-key-id", "400 KMS.NotFoundException: Invalid keyId 'fake-key-id'"],
    [
      "134f2428-cec1-4b25-a1ae-9048164dba47",
      `400 KMS.NotFoundException: Key '${arnOf("134f2428-cec1-4b25-a1ae-9048164dba47")}' does not exist`,
    ],
    [
      arnOf("134f2428-cec1-4b25-a1ae-9048164dba47").replace("us-east-1", "us-west-2"),
      "400 KMS.NotFoundException: Invalid arn us-west-2",
    ],
  ])("%s is no key: put, multipart upload and copy are refused", async (name, message) => {
    await put("/bkt/source", {});
    expect(why(await put("/bkt/a", under(name)))).toBe(message);
    const begun = { method: "POST", path: "/bkt/a", query: "uploads", headers: under(name) };
    expect(why(await server.send(begun))).toBe(message);
    const copied = await put(
      "/bkt/a",
      { "x-amz-copy-source": "/bkt/source", ...under(name) },
      { body: "" },
    );
    expect(why(copied)).toBe(message);
  });

  test("is out of reach while its key is disabled or to be deleted", async () => {
    await put("/bkt/a", under(keyId));
    const get = async () => why(await server.send({ path: "/bkt/a" }));
    await kms("DisableKey", { KeyId: keyId });
    const disabled = `400 KMS.DisabledException: ${arnOf(keyId)} is disabled.`;
    expect(await get()).toBe(disabled);
    expect(why(await put("/bkt/b", under(keyId)))).toBe(disabled);
    await kms("EnableKey", { KeyId: keyId });
    expect((await server.send({ path: "/bkt/a" })).status).toBe(200);
    await kms("ScheduleKeyDeletion", { KeyId: keyId });
    expect(await get()).toBe(
      `400 KMS.KMSInvalidStateException: ${arnOf(keyId)} is pending deletion.`,
    );
    expect((await server.send({ method: "HEAD", path: "/bkt/a" })).status).toBe(200);
    expect((await server.send({ method: "DELETE", path: "/bkt/a" })).status).toBe(204);
  });
});

describe("the caller needs the right to the key as well", () => {
  test("GenerateDataKey to write, Decrypt to read", async () => {
    expect(why(await put("/bkt/a", under(keyId), { credentials: plain }))).toBe(
      refusal("GenerateDataKey"),
    );
    await keyPolicyFor("kms:GenerateDataKey");
    expect((await put("/bkt/a", under(keyId), { credentials: plain })).status).toBe(200);
    const get = { path: "/bkt/a", credentials: plain };
    expect(why(await server.send(get))).toBe(refusal("Decrypt"));
    const head = { ...get, method: "HEAD" };
    expect((await server.send(head)).status).toBe(200);
    const withChecksum = { ...head, headers: { "x-amz-checksum-mode": "ENABLED" } };
    expect((await server.send(withChecksum)).status).toBe(403);
    await keyPolicyFor("kms:Decrypt");
    expect((await server.send(get)).status).toBe(200);
  });

  test("the key policy's words about S3 do not let anybody ask KMS directly", async () => {
    await keyPolicyFor("kms:GenerateDataKey");
    const answer = await server.send({
      method: "POST",
      path: "/",
      service: "kms",
      credentials: plain,
      body: JSON.stringify({ KeyId: keyId, KeySpec: "AES_256" }),
      headers: { "x-amz-target": "TrentService.GenerateDataKey" },
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("AccessDeniedException");
  });

  test("a multipart upload needs Decrypt for its parts and its end", async () => {
    await keyPolicyFor("kms:GenerateDataKey");
    const path = "/bkt/parts";
    const begin = { method: "POST", path, query: "uploads", headers: under(keyId) };
    const begun = await server.send({ ...begin, credentials: plain });
    expect(begun.headers[keyIdHeader]).toBe(arnOf(keyId));
    const id = /<UploadId>(.*)<\/UploadId>/.exec(begun.text)?.[1] ?? "";
    const query = `partNumber=1&uploadId=${id}`;
    expect(why(await put(path, {}, { query, credentials: plain }))).toBe(refusal("Decrypt"));
    const part = await put(path, {}, { query });
    const document =
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>" +
      `<ETag>${part.headers["etag"]}</ETag></Part></CompleteMultipartUpload>`;
    const complete = { method: "POST", path, query: `uploadId=${id}`, body: document };
    expect(why(await server.send({ ...complete, credentials: plain }))).toBe(refusal("Decrypt"));
    expect((await server.send(complete)).status).toBe(200);
    const read = await server.send({ path });
    expect(read.headers[keyIdHeader]).toBe(arnOf(keyId));
    expect(read.body.equals(body)).toBe(true);
  });

  test("a copy needs Decrypt of the source's key and GenerateDataKey of its own", async () => {
    const second = (await kms("CreateKey")).KeyMetadata.KeyId;
    await put("/bkt/source", under(keyId));
    const copy = { "x-amz-copy-source": "/bkt/source" };
    const asPlain = { body: "", credentials: plain };
    expect(why(await put("/bkt/copy", copy, asPlain))).toBe(refusal("Decrypt"));
    await keyPolicyFor("kms:Decrypt");
    expect((await put("/bkt/copy", copy, asPlain)).headers[sse]).toBe("AES256");
    const toSecond = await put("/bkt/copy", { ...copy, ...under(second) }, asPlain);
    expect(why(toSecond)).toContain(`kms:GenerateDataKey on resource: ${arnOf(second)}`);
    const done = await put("/bkt/copy", { ...copy, ...under(second) }, { body: "" });
    expect(done.headers[keyIdHeader]).toBe(arnOf(second));
    await kms("DisableKey", { KeyId: keyId });
    const read = await server.send({ path: "/bkt/copy" });
    expect(read.body.equals(body)).toBe(true);
  });

  test("nobody without a signature reads it", async () => {
    await bucketPolicy(allowPlain, {
      ...allowPlain,
      Principal: "*",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::bkt/*",
    });
    await put("/bkt/a", under(keyId));
    const read = await server.send({ path: "/bkt/a", credentials: null });
    await bucketPolicy(allowPlain);
    expect(why(read)).toContain("400 InvalidArgument");
    expect(read.text).toContain("require AWS Signature Version 4");
  });
});

test("conditions on the encryption context see the object, or with a bucket key its bucket", async () => {
  const root = { AWS: `arn:aws:iam::${account}:root` };
  const Statement = [
    { Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "kms:GenerateDataKey",
      Resource: "*",
      Condition: {
        StringNotLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bkt/in/*" },
      },
    },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await kms("PutKeyPolicy", { KeyId: keyId, Policy });
  expect((await put("/bkt/in/a", under(keyId))).status).toBe(200);
  expect(why(await put("/bkt/out", under(keyId)))).toContain("with an explicit deny");
  const withBucketKey = { ...under(keyId), [`${sse}-bucket-key-enabled`]: "true" };
  expect(why(await put("/bkt/in/a", withBucketKey))).toContain("with an explicit deny");
});

describe("headers with a key of the customer's (SSE-C)", () => {
  const bytes = Buffer.alloc(32, 7);
  const customer = (prefix: string) => ({
    [`${prefix}-customer-algorithm`]: "AES256",
    [`${prefix}-customer-key`]: bytes.toString("base64"),
    [`${prefix}-customer-key-md5`]: createHash("md5").update(bytes).digest("base64"),
  });
  const notApplicable = "400 InvalidRequest: The encryption parameters are not applicable";

  test.each(["GET", "HEAD"])(
    "are refused by %s of an object under a key of KMS",
    async (method) => {
      await put("/bkt/a", under(keyId));
      const read = await server.send({ method, path: "/bkt/a", headers: customer(sse) });
      expect(read.status).toBe(400);
    },
  );

  test("are refused for the source of a copy, and for its attributes", async () => {
    await put("/bkt/source", under(keyId));
    const from = customer(`x-amz-copy-source-${sse.slice("x-amz-".length)}`);
    const copy = { "x-amz-copy-source": "/bkt/source", ...from };
    expect(why(await put("/bkt/copy", copy, { body: "" }))).toContain(notApplicable);
    const headers = { "x-amz-object-attributes": "ETag", ...customer(sse) };
    const asked = await server.send({ path: "/bkt/source", query: "attributes", headers });
    expect(why(asked)).toContain(notApplicable);
  });

  test("are refused with a part of an upload under a key of KMS", async () => {
    const begin = { method: "POST", path: "/bkt/parts", query: "uploads", headers: under(keyId) };
    const id = /<UploadId>(.*)<\/UploadId>/.exec((await server.send(begin)).text)?.[1] ?? "";
    const query = `partNumber=1&uploadId=${id}`;
    expect(why(await put("/bkt/parts", customer(sse), { query }))).toContain("400 InvalidRequest");
    expect((await put("/bkt/parts", {}, { query })).status).toBe(200);
  });
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const team = encoded({ team: "red" });

async function forRedTeam(): Promise<void> {
  const root = { AWS: `arn:aws:iam::${account}:root` };
  const red = { StringNotEquals: { "kms:EncryptionContext:team": "red" } };
  const uses = ["kms:GenerateDataKey", "kms:Decrypt"];
  const Statement = [
    { Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" },
    { Effect: "Deny", Principal: "*", Action: uses, Resource: "*", Condition: red },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await kms("PutKeyPolicy", { KeyId: keyId, Policy });
}

describe("a context of the writer's own", () => {
  const header = `${sse}-context`;
  test("is told to KMS when the object is written and each time it is read", async () => {
    await forRedTeam();
    expect(why(await put("/bkt/a", under(keyId)))).toContain("with an explicit deny");
    const other = { ...under(keyId), [header]: encoded({ team: "blue" }) };
    expect(why(await put("/bkt/a", other))).toContain("with an explicit deny");
    const written = await put("/bkt/a", { ...under(keyId), [header]: team });
    expect(written).toMatchObject({ status: 200, headers: { [header]: team } });
    const read = await server.send({ path: "/bkt/a" });
    expect(read.status).toBe(200);
    expect(read.headers[header]).toBeUndefined();
    expect(read.body.equals(body)).toBe(true);
  });

  test("is kept with an upload, and not taken over by a copy", async () => {
    await forRedTeam();
    const headers = { ...under(keyId), [header]: team };
    const begin = { method: "POST", path: "/bkt/parts", query: "uploads", headers };
    const begun = await server.send(begin);
    expect(begun.headers[header]).toBe(team);
    const id = /<UploadId>(.*)<\/UploadId>/.exec(begun.text)?.[1] ?? "";
    expect((await put("/bkt/parts", {}, { query: `partNumber=1&uploadId=${id}` })).status).toBe(
      200,
    );
    await put("/bkt/source", headers);
    const copy = { "x-amz-copy-source": "/bkt/source", ...under(keyId) };
    expect(why(await put("/bkt/copy", copy, { body: "" }))).toContain("with an explicit deny");
    const named = await put("/bkt/copy", { ...copy, [header]: team }, { body: "" });
    expect(named).toMatchObject({ status: 200, headers: { [header]: team } });
  });

  test("cannot stand for the object that is written", async () => {
    const forged = encoded({ "aws:s3:arn": "arn:aws:s3:::bkt/in/a" });
    const root = { AWS: `arn:aws:iam::${account}:root` };
    const inside = {
      StringNotLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bkt/in/*" },
    };
    const Statement = [
      { Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "kms:GenerateDataKey",
        Resource: "*",
        Condition: inside,
      },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await kms("PutKeyPolicy", { KeyId: keyId, Policy });
    const written = await put("/bkt/out", { ...under(keyId), [header]: forged });
    expect(why(written)).toContain("with an explicit deny");
  });

  test.each([
    ["no base64 of JSON", "abc"],
    ["a list", encoded(["a"])],
    ["a number by name", encoded({ a: 1 })],
    ["null", encoded(null)],
    ["empty", ""],
  ])("is refused when it is %s", async (_what, value) => {
    expect(why(await put("/bkt/a", { ...under(keyId), [header]: value }))).toBe(
      `400 InvalidArgument: The header '${header}' shall be Base64-encoded UTF-8 string holding ` +
        "JSON which represents a string-string map",
    );
  });
});
