import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/plain" });
});
afterAll(() => server.close());

function put(
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  return server.send({ method: "PUT", path, body, headers });
}

function get(path: string): Promise<WireResponse> {
  return server.send({ path });
}

function asked(algorithm: string) {
  return { "x-amz-server-side-encryption": algorithm };
}

async function createKey(): Promise<{
  readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
}> {
  const headers = { "x-amz-target": "TrentService.CreateKey" };
  const call = { method: "POST", path: "/", service: "kms", body: "{}", headers };
  return JSON.parse((await server.send(call)).text) as Awaited<ReturnType<typeof createKey>>;
}

test("a KMS key is answered as its ARN, and the ETag is not the MD5", async () => {
  const { KeyMetadata } = await createKey();
  const { headers } = await put("/plain/kms", "x", {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": KeyMetadata.KeyId,
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
  });
  const told = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": KeyMetadata.Arn,
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
  };
  expect(headers).toMatchObject(told);
  expect(headers["etag"]).toMatch(/^"[0-9a-f]{32}"$/);
  expect(headers["etag"]).not.toBe(`"${createHash("md5").update("x").digest("hex")}"`);
  expect((await get("/plain/kms")).headers).toMatchObject(told);
});

test("the bucket's key setting counts where the request says nothing of it", async () => {
  const header = "x-amz-server-side-encryption-bucket-key-enabled";
  const byDefault = { SSEAlgorithm: "aws:kms" as const };
  await server.server.engine.updateBucketSettings("plain", (settings) => ({
    ...settings,
    encryption: {
      Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }],
    },
  }));
  for (const [headers, told] of [
    [{}, "true"],
    [asked("aws:kms"), "true"],
    [{ ...asked("aws:kms"), [header]: "false" }, undefined],
    [asked("aws:kms:dsse"), undefined],
    [asked("AES256"), undefined],
  ] as const) {
    const written = await put("/plain/key-setting", "x", headers);
    const read = await get("/plain/key-setting");
    expect([written.headers[header], read.headers[header]]).toEqual([told, told]);
  }
  await server.server.engine.updateBucketSettings("plain", (settings) => {
    const { encryption: _encryption, ...rest } = settings;
    return rest;
  });
});

test("the bucket's default applies", async () => {
  await server.server.engine.updateBucketSettings("plain", (settings) => ({
    ...settings,
    encryption: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms:dsse" } }],
    },
  }));
  const { headers } = await put("/plain/default-kms", "x");
  await server.server.engine.updateBucketSettings("plain", (settings) => {
    const { encryption: _encryption, ...rest } = settings;
    return rest;
  });
  expect(headers).toMatchObject({
    "x-amz-server-side-encryption": "aws:kms:dsse",
    "x-amz-server-side-encryption-aws-kms-key-id": expect.stringMatching(
      /^arn:aws:kms:us-east-1:111122223333:key\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    ),
  });
});
