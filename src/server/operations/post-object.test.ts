// Over 400 lines: its table of refusals is one form, spoilt in one place each.

import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mib } from "../../core/limits.ts";
import {
  boundary,
  encodePolicy,
  type Fields,
  formBody,
  type FormFile,
  formType,
  type FormWish,
  signedFields,
} from "../testing-fixtures/browser-form.ts";
import { keys, noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;
let count = 0;

beforeAll(async () => {
  server = await TestServer.start({ sigV2Links: true });
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

const freshKey = () => `key-${count++}`;

async function post(
  fields: Fields,
  file?: FormFile,
  { path = "/bkt", type = formType } = {},
): Promise<WireResponse> {
  return postBytes(formBody(fields, file), { path, type });
}

function postBytes(body: string | Uint8Array, { path = "/bkt", type = formType } = {}) {
  const headers = { "content-type": type };
  return server.send({ method: "POST", path, headers, body, credentials: null });
}

/** A form for one key, whose policy allows it as it is. */
function signed(key: string, wish: Partial<FormWish> = {}): Record<string, string> {
  return signedFields({ bucket: "bkt", ...wish, fields: { key, ...wish.fields } });
}

const get = (key: string) => server.send({ path: `/bkt/${key}` });

describe("a signed form", () => {
  test.each<[string, Partial<FormWish>]>([
    ["of Signature Version 4", {}],
    ["of Signature Version 2", { version: 2 }],
    ["of a session", { credentials: keys.session }],
  ])("%s puts the object", async (_, wish) => {
    const key = freshKey();
    const answer = await post(signed(key, wish));
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect(answer.headers["location"]).toBe(`http://127.0.0.1:${server.server.port}/bkt/${key}`);
    const got = await get(key);
    expect(got.text).toBe("content");
    expect(answer.headers["etag"]).toBe(got.headers["etag"]);
    expect(got.headers["content-type"]).toBe("binary/octet-stream");
  });

  test("keeps what its fields say of the object, whatever the case of their names", async () => {
    const key = freshKey();
    const tagging =
      "<Tagging><TagSet><Tag><Key>a b</Key><Value>c/d=e</Value></Tag></TagSet></Tagging>";
    const fields = {
      acl: "private",
      "Content-Type": "text/plain",
      "Cache-Control": "no-cache",
      "x-amz-meta-One": "1",
      "X-Amz-Meta-two": "zwölf",
      "x-amz-storage-class": "STANDARD_IA",
      "x-ignore-me": "nothing",
      tagging,
    };
    expect(await post(signed(key, { fields }))).toMatchObject({ status: 204 });
    const { headers } = await get(key);
    expect(headers).toMatchObject({
      "content-type": "text/plain",
      "cache-control": "no-cache",
      "x-amz-meta-one": "1",
      "x-amz-meta-two": "=?UTF-8?B?enfDtmxm?=",
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-tagging-count": "1",
    });
    const stored = await server.send({ path: `/bkt/${key}`, query: "tagging" });
    expect(stored.text).toContain("<Key>a b</Key><Value>c/d=e</Value>");
  });

  test("streams a large file, whatever its bytes look like", async () => {
    const key = freshKey();
    const bytes = Buffer.concat([
      noise(6 * mib),
      Buffer.from(`\r\n--${boundary.slice(0, -1)}\r\n--`),
      noise(mib),
    ]);
    expect(await post(signed(key), { bytes })).toMatchObject({ status: 204 });
    expect((await get(key)).body.equals(bytes)).toBe(true);
  });

  test("an empty file is an empty object", async () => {
    const key = freshKey();
    expect(await post(signed(key), { bytes: "" })).toMatchObject({ status: 204 });
    expect(await get(key)).toMatchObject({ status: 200, text: "" });
  });

  test.each([
    ["plain.txt", "in/plain.txt"],
    ["C:\\fakepath\\data.tsv", "in/data.tsv"],
    ["a/b/c", "in/c"],
    ["$&.txt", "in/$%26.txt"],
    [undefined, "in/${filename}"],
  ])("names an object after the file %s", async (name, key) => {
    const fields = { "x-amz-meta-name": "${filename}" };
    const answer = await post(signed("in/${filename}", { fields }), { bytes: "x", name });
    expect(answer.status).toBe(204);
    expect((await get(key)).text).toBe("x");
  });
});

describe("the answer", () => {
  test("201 has a document", async () => {
    const key = `a ${freshKey()}`;
    const answer = await post(signed(key, { fields: { success_action_status: "201" } }));
    expect(answer.status).toBe(201);
    const location = `http://127.0.0.1:${server.server.port}/bkt/${encodeURIComponent(key)}`;
    expect(answer.text).toContain(
      `<Location>${location}</Location><Bucket>bkt</Bucket><Key>${key}</Key><ETag>&quot;`,
    );
    expect(answer.headers).toMatchObject({ location, "content-type": "application/xml" });
  });

  test.each([
    ["200", 200],
    ["204", 204],
    ["404", 204],
  ])("for %s is %d without a body", async (success_action_status, status) => {
    const answer = await post(signed(freshKey(), { fields: { success_action_status } }));
    expect(answer).toMatchObject({ status, text: "" });
  });

  test.each([
    ["https://app.example/done", "https://app.example/done?"],
    ["https://app.example/done?id=1", "https://app.example/done?id=1&"],
  ])("sends the browser to %s", async (success_action_redirect, start) => {
    const key = freshKey();
    const fields = { success_action_redirect, success_action_status: "201" };
    const { status, headers } = await post(signed(key, { fields }));
    expect(status).toBe(303);
    const etag = encodeURIComponent((await get(key)).headers["etag"] ?? "");
    expect(headers["location"]).toBe(`${start}bucket=bkt&key=${key}&etag=${etag}`);
  });

  test.each(["javascript:alert(1)", "/relative", "nonsense"])(
    "sends nobody to %s",
    async (success_action_redirect) => {
      const answer = await post(signed(freshKey(), { fields: { success_action_redirect } }));
      expect(answer.status).toBe(204);
    },
  );
});

describe("is refused, and puts nothing", () => {
  const past = new Date(Date.now() - 1000);
  const wrong = { ...keys.admin, secretAccessKey: "x" };

  test.each<[string, (key: string) => Fields, number, string]>([
    ["expired", (key) => signed(key, { expiresAt: past }), 403, "Policy expired."],
    ["a wrong secret", (key) => signed(key, { credentials: wrong }), 403, "SignatureDoesNotMatch"],
    [
      "a wrong secret of version 2",
      (key) => signed(key, { credentials: wrong, version: 2 }),
      403,
      "<StringToSignBytes>",
    ],
    [
      "an unknown key",
      (key) => signed(key, { credentials: { accessKeyId: "AKIANOBODY", secretAccessKey: "x" } }),
      403,
      "InvalidAccessKeyId",
    ],
    [
      "an expired session",
      (key) => signed(key, { credentials: keys.expired }),
      400,
      "ExpiredToken",
    ],
    [
      "a session's token left out",
      (key) => without(signed(key, { credentials: keys.session }), "x-amz-security-token"),
      403,
      "InvalidAccessKeyId",
    ],
    ["another region", (key) => signed(key, { region: "eu-west-1" }), 400, "us-east-1"],
    [
      "a signer without rights",
      (key) => signed(key, { credentials: keys.plain }),
      403,
      "AccessDenied",
    ],
    ["a stranger", (key) => signed(key, { credentials: keys.stranger }), 403, "AccessDenied"],
    ["another key", (key) => ({ ...signed("other"), key }), 403, "Policy Condition failed"],
    [
      "a field that the policy does not name",
      (key) => ({ ...signed(key), "x-amz-meta-more": "1" }),
      403,
      "Extra input fields: x-amz-meta-more",
    ],
    [
      "a policy for another bucket",
      (key) => signed(key, { bucket: "other" }),
      403,
      "Policy Condition failed: [&quot;eq&quot;, &quot;$bucket&quot;",
    ],
    [
      "a policy that was changed",
      (key) => ({ ...signed(key), policy: encodePolicy({ expiration: "2999-01-01T00:00:00Z" }) }),
      403,
      "SignatureDoesNotMatch",
    ],
    ["no key", (key) => without(signed(key), "key"), 400, "a field named 'key'"],
    ["an empty key", () => signed(""), 400, "UserKeyMustBeSpecified"],
    ["a long key", () => signed("k".repeat(1025)), 400, "KeyTooLongError"],
    ["no policy", (key) => without(signed(key), "policy"), 400, "named 'policy'"],
    ["no algorithm", (key) => without(signed(key), "x-amz-algorithm"), 400, "X-Amz-Algorithm"],
    ["no signature", (key) => without(signed(key), "x-amz-signature"), 400, "X-Amz-Signature"],
    [
      "no signature of version 2",
      (key) => without(signed(key, { version: 2 }), "signature"),
      400,
      "named 'Signature'",
    ],
    ["a policy without a signature", (key) => ({ key, policy: "e30=" }), 403, "AccessDenied"],
    ["nobody's form", (key) => ({ key }), 403, "AccessDenied"],
    [
      "a header that none can carry",
      (key) => signed(key, { fields: { "cache-control": "a\r\nb: c" } }),
      400,
      "InvalidArgument",
    ],
    [
      "an ACL that grants",
      (key) => signed(key, { fields: { acl: "public-read" } }),
      400,
      "AccessControlListNotSupported",
    ],
    [
      "tags that are no XML",
      (key) => signed(key, { fields: { tagging: "x" } }),
      400,
      "MalformedXML",
    ],
    [
      "a wrong checksum",
      (key) => signed(key, { fields: { "x-amz-checksum-crc32": "AAAAAA==" } }),
      400,
      "BadDigest",
    ],
  ])("%s", async (_, fieldsOf, status, text) => {
    const key = freshKey();
    const answer = await post(fieldsOf(key));
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect((await get(key)).status).toBe(404);
  });

  test("version 2 where it was not allowed", async () => {
    const strict = await TestServer.start();
    await strict.send({ method: "PUT", path: "/bkt" });
    const headers = { "content-type": formType };
    const body = formBody(signed("k", { version: 2 }));
    const wire = { method: "POST", path: "/bkt", headers, body, credentials: null };
    expect(await strict.send(wire)).toMatchObject({ status: 400, code: "InvalidRequest" });
    await strict.close();
  });

  test("a missing bucket, before anything is read", async () => {
    const head = server.head({
      method: "POST",
      path: "/none",
      headers: { "content-type": formType, "content-length": "1000", expect: "100-continue" },
      credentials: null,
    });
    const answer = await server.raw([head], { until: /NoSuchBucket/ });
    expect(answer).toContain("NoSuchBucket");
    expect(answer).not.toContain("100 Continue");
  });

  test("a signed request that carries a form", async () => {
    const headers = { "content-type": formType };
    const body = formBody(signed("k"));
    const answer = await server.send({ method: "POST", path: "/bkt", headers, body });
    expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
  });
});

describe("sizes", () => {
  test.each([
    [5, 204],
    [10, 204],
    [4, 400],
    [11, 400],
  ])("a file of %d bytes, of 5 to 10, is %d", async (size, status) => {
    const key = freshKey();
    const conditions = [["content-length-range", 5, "10"]];
    const answer = await post(signed(key, { conditions }), { bytes: "x".repeat(size) });
    expect(answer.status).toBe(status);
    expect((await get(key)).status).toBe(status === 204 ? 200 : 404);
    expect(answer.text).toContain(status === 204 ? "" : `<ProposedSize>${size}</ProposedSize>`);
  });

  test("a file that is too long is not read to its end", async () => {
    const conditions = [["content-length-range", 0, 10]];
    const body = formBody(signed(freshKey(), { conditions }), { bytes: "x".repeat(100_000) });
    const head = server.head({
      method: "POST",
      path: "/bkt",
      headers: { "content-type": formType, "content-length": String(body.length) },
      credentials: null,
    });
    const answer = await server.raw([head, body.subarray(0, 8000)], { until: /EntityTooLarge/ });
    expect(answer).toContain("EntityTooLarge");
    expect(answer).toContain("<ProposedSize>100000</ProposedSize>");
  });

  test("fields may take 20 KiB, and no more are taken in", async () => {
    const wide = { "x-ignore-a": "x".repeat(19_000) };
    expect(await post(signed(freshKey(), { fields: wide }))).toMatchObject({ status: 204 });
    const wider = { "x-ignore-a": "x".repeat(20_480) };
    expect(await post(signed(freshKey(), { fields: wider }))).toMatchObject({
      status: 400,
      code: "MaxPostPreDataLengthExceededError",
    });
  });
});

describe("what is no form", () => {
  test.each<[string, string, string, string]>([
    ["another type", "x", "application/x-www-form-urlencoded", "PreconditionFailed"],
    ["no boundary", "x", "multipart/form-data", "MalformedPOSTRequest"],
    ["nothing", "", formType, "MalformedPOSTRequest"],
    ["two keys", twice("key"), formType, "MalformedPOSTRequest"],
    ["a part without a name", `--${boundary}\r\n\r\nx`, formType, "MalformedPOSTRequest"],
  ])("%s", async (_, body, type, code) => {
    expect(await postBytes(body, { type })).toMatchObject({ code });
  });

  test("a form without a file", async () => {
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--${boundary}--\r\n`;
    expect(await postBytes(body)).toMatchObject({
      status: 400,
      code: "IncorrectNumberOfFilesInPostRequest",
    });
  });

  test("a file without its end, which is not put", async () => {
    const key = freshKey();
    const body = formBody(signed(key));
    const cut = body.subarray(0, body.length - 6);
    expect(await postBytes(cut)).toMatchObject({ code: "MalformedPOSTRequest" });
    expect((await get(key)).status).toBe(404);
  });
});

describe("a bucket policy", () => {
  beforeAll(() => server.send({ method: "PUT", path: "/open" }));

  test("lets everybody in without a signature, for what it says", async () => {
    const Condition = { StringEquals: { "s3:RequestObjectTag/kind": "raw" } };
    await setPolicy({ Effect: "Allow", Condition });
    expect(await postOpen({ key: "k", tagging: tagged("raw") })).toMatchObject({ status: 204 });
    expect(await postOpen({ key: "k", tagging: tagged("cooked") })).toMatchObject({ status: 403 });
  });

  test("judges by headers that the form stands for, not by those beside it", async () => {
    const Condition = { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
    await setPolicy({ Effect: "Allow" }, { Effect: "Deny", Condition });
    const headers = { "content-type": formType, "x-amz-server-side-encryption": "AES256" };
    const wire = { method: "POST", path: "/open", headers, credentials: null };
    const plain = await server.send({ ...wire, body: formBody({ key: "k2" }) });
    expect(plain).toMatchObject({ status: 403, code: "AccessDenied" });
    const fields = { key: "k2", "x-amz-server-side-encryption": "AES256" };
    expect(await server.send({ ...wire, body: formBody(fields) })).toMatchObject({ status: 204 });
  });

  test("tells a form by s3:authType", async () => {
    await setPolicy({ Effect: "Deny", Condition: { StringEquals: { "s3:authType": "POST" } } });
    const form = signedFields({ bucket: "open", fields: { key: "k3" } });
    expect(await postOpen(form)).toMatchObject({ status: 403 });
    const put = { method: "PUT", path: "/open/k3", body: "x" };
    expect(await server.send(put)).toMatchObject({ status: 200 });
  });
});

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
}

function twice(name: string): string {
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`;
  return `${part}${part}--${boundary}--\r\n`;
}

async function setPolicy(...statements: readonly object[]): Promise<void> {
  const Statement = statements.map((one) => ({
    Principal: "*",
    Action: ["s3:PutObject", "s3:PutObjectTagging"],
    Resource: "arn:aws:s3:::open/*",
    ...one,
  }));
  await server.server.engine.updateBucketSettings("open", ({ publicAccessBlock, ...settings }) => {
    void publicAccessBlock;
    return { ...settings, policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
  });
}

function tagged(kind: string): string {
  return `<Tagging><TagSet><Tag><Key>kind</Key><Value>${kind}</Value></Tag></TagSet></Tagging>`;
}

function postOpen(fields: Fields): Promise<WireResponse> {
  return post(fields, undefined, { path: "/open" });
}

test("a refused form leaves its connection to the next one", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.server;
  const sendOn = (body: string | Uint8Array) =>
    new Promise<{ status: number | undefined; reused: boolean }>((resolve, reject) => {
      const headers = { "content-type": formType };
      const sent = request({ agent, port, method: "POST", path: "/bkt", headers }, (answer) => {
        answer.resume().on("end", () => {
          resolve({ status: answer.statusCode, reused: sent.reusedSocket });
        });
      });
      sent.on("error", reject).end(body);
    });
  const key = freshKey();
  const good = formBody(signed(key));
  const bad = formBody({ ...signed(key), key: freshKey() });
  const answers = [await sendOn(bad), await sendOn(good), await sendOn(bad), await sendOn(good)];
  agent.destroy();
  expect(answers).toEqual([
    { status: 403, reused: false },
    { status: 204, reused: true },
    { status: 403, reused: true },
    { status: 204, reused: true },
  ]);
});
