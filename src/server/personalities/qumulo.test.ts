import { expect, test } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import {
  TestServer,
  keys,
  type WireRequest,
  type WireResponse,
} from "../testing-fixtures/test-server.ts";
import { parsePersonality } from "./parse-personality.ts";

async function playing(
  personality = "qumulo",
  options: Partial<Parameters<typeof TestServer.start>[0]> & { readonly refusal?: string } = {},
): Promise<TestServer & AsyncDisposable> {
  const { refusal, ...rest } = options;
  const played = parsePersonality(personality, refusal);
  const server = await TestServer.start({
    lifecycle: "off",
    ...(played !== undefined && { personality: played }),
    ...rest,
  });
  const made = await server.send({ method: "PUT", path: "/bkt" });
  expect(made.status).toBe(200);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

const put = (server: TestServer, key: string, body = "x", more: Partial<WireRequest> = {}) =>
  server.send({ method: "PUT", path: `/bkt/${key}`, body, ...more });
const list = (server: TestServer, query = "") =>
  server.send({ path: "/bkt", query: `list-type=2${query}` });
const keysOf = ({ text }: WireResponse) =>
  [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
const prefixesOf = ({ text }: WireResponse) =>
  [...text.matchAll(/<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g)].map(([, prefix]) => prefix);

test.each([
  [undefined, 403, "AccessDenied"],
  ["MethodNotAllowed", 405, "MethodNotAllowed"],
  ["FileAlreadyExists:409", 409, "FileAlreadyExists"],
  ["PreconditionFailed", 412, "PreconditionFailed"],
])("an object is not written over: %s", async (refusal, status, code) => {
  await using server = await playing("qumulo", refusal === undefined ? {} : { refusal });
  expect((await put(server, "a", "first")).status).toBe(200);
  expect((await put(server, "other", "other")).status).toBe(200);
  for (const again of [
    await put(server, "a", "second"),
    await put(server, "a", "", { headers: { "x-amz-copy-source": "/bkt/other" } }),
  ]) {
    expect(again).toMatchObject({ status, code });
  }
  expect((await server.send({ path: "/bkt/a" })).text).toBe("first");
  expect((await server.send({ method: "DELETE", path: "/bkt/a" })).status).toBe(204);
  expect((await put(server, "a", "second")).status).toBe(200);
});

test("of two writers at once one is refused", async () => {
  await using server = await playing();
  const answers = await Promise.all(["1", "2", "3"].map((body) => put(server, "a", body)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 403, 403]);
});

test("ETags are opaque, also of the same bytes and of what was made in parts", async () => {
  await using server = await playing();
  const etags = [await put(server, "a"), await put(server, "b")].map(
    ({ headers }) => headers["etag"],
  );
  for (const etag of etags) expect(etag).toMatch(/^"-[g-v][\w-]{21}"$/);
  expect(etags[0]).not.toBe(etags[1]);
  const head = await server.send({ method: "HEAD", path: "/bkt/a" });
  expect(head.headers["etag"]).toBe(etags[0]);
  expect(Object.keys(head.headers).filter((name) => /encryption|checksum/.test(name))).toEqual([]);
  expect((await list(server)).text).not.toContain("Checksum");
});

test("files and directories exclude each other, and odd names are refused", async () => {
  await using server = await playing();
  await put(server, "a/b");
  expect(await put(server, "a")).toMatchObject({ status: 409 });
  expect(await put(server, "a/b/c")).toMatchObject({ status: 409 });
  for (const key of ["x//y", "x/./y", "../y", "//y"]) {
    expect(await put(server, key)).toMatchObject({ status: 400, code: "InvalidArgument" });
  }
  expect(await put(server, "x".repeat(256))).toMatchObject({ code: "KeyTooLongError" });
  expect((await put(server, "x".repeat(255))).status).toBe(200);
});

test("a directory stays when its last file goes, and is listed while it is empty", async () => {
  await using server = await playing();
  await put(server, "d/e/file");
  await put(server, "d/e/other");
  const remove = (key: string) => server.send({ method: "DELETE", path: `/bkt/${key}` });
  await remove("d/e/file");
  expect(keysOf(await list(server))).toEqual(["d/e/other"]);
  await remove("d/e/other");
  expect(keysOf(await list(server))).toEqual(["d/e/"]);
  await remove("never/was");
  expect(keysOf(await list(server))).toEqual(["d/e/"]);
  expect((await server.send({ method: "DELETE", path: "/bkt" })).code).toBe("BucketNotEmpty");
  await put(server, "d/e/new");
  expect(keysOf(await list(server))).toEqual(["d/e/new"]);
  const document = "<Delete><Object><Key>d/e/new</Key></Object></Delete>";
  const md5 = { "content-md5": "+Jix4bm+AM3L+7KPRDaG+A==" };
  const batch = await server.send({
    method: "POST",
    path: "/bkt",
    query: "delete",
    body: document,
    headers: md5,
  });
  expect(batch.code).toBe("BadDigest");
  await remove("d/e/new");
  await remove("d/e/");
  expect(keysOf(await list(server))).toEqual(["d/"]);
  expect((await put(server, "d/", "")).status).toBe(200);
  expect(await put(server, "d/", "bytes")).toMatchObject({ status: 409 });
  await remove("d/");
  expect((await server.send({ method: "DELETE", path: "/bkt" })).status).toBe(204);
});

test("listings are complete, stable and not in the alphabet's order", async () => {
  await using server = await playing();
  const names = Array.from({ length: 40 }, (_, n) => `k${String(n).padStart(2, "0")}`);
  for (const name of names) await put(server, name);
  const whole = keysOf(await list(server));
  expect(whole).not.toEqual(names);
  expect(new Set(whole)).toEqual(new Set(names));
  expect(whole).toHaveLength(names.length);
  const paged: (string | undefined)[] = [];
  let token = "";
  do {
    const page = await list(
      server,
      `&max-keys=7${token === "" ? "" : `&continuation-token=${token}`}`,
    );
    paged.push(...keysOf(page));
    token = /<NextContinuationToken>(.*?)</.exec(page.text)?.[1] ?? "";
  } while (token !== "");
  expect(paged).toEqual(whole);
  expect(keysOf(await list(server, "&start-after=k39"))).toEqual(whole);
  const v1 = await server.send({ path: "/bkt", query: "max-keys=5" });
  const marker = keysOf(v1).at(-1);
  const rest = await server.send({ path: "/bkt", query: `marker=${marker}` });
  expect([...keysOf(v1), ...keysOf(rest)]).toEqual(whole);
});

test("a prefix is a path that is there, the delimiter a slash", async () => {
  await using server = await playing();
  for (const key of ["run/1/a", "run/1/b", "run/2/a", "runner"]) await put(server, key);
  const sorted = async (query: string) =>
    keysOf(await list(server, query)).sort((a = "", b = "") => compareKeys(a, b));
  expect(await sorted("&prefix=run/1")).toEqual(["run/1/a", "run/1/b"]);
  expect(await sorted("&prefix=run/1/")).toEqual(["run/1/a", "run/1/b"]);
  expect(await sorted("&prefix=run")).toEqual(["run/1/a", "run/1/b", "run/2/a"]);
  expect(await sorted("&prefix=runner")).toEqual(["runner"]);
  expect(await sorted("&prefix=ru")).toEqual([]);
  const top = await list(server, "&delimiter=/");
  expect([prefixesOf(top), keysOf(top)]).toEqual([["run/"], ["runner"]]);
  expect(prefixesOf(await list(server, "&delimiter=/&prefix=run"))).toEqual(["run/"]);
  expect(await list(server, "&delimiter=-")).toMatchObject({ status: 501, code: "NotImplemented" });
});

test("what it lacks is refused with 501, by version", async () => {
  await using server = await playing("qumulo@7.1.2");
  for (const query of [
    "lifecycle",
    "encryption",
    "cors",
    "publicAccessBlock",
    "versions",
    "tagging",
  ]) {
    const answer = await server.send({ path: "/bkt", query });
    expect({ query, ...answer }).toMatchObject({ query, status: 501, code: "NotImplemented" });
  }
  expect((await server.send({ path: "/bkt", query: "versioning" })).status).toBe(200);
  await using older = await playing("qumulo@7.0");
  expect((await older.send({ path: "/bkt", query: "versioning" })).status).toBe(501);
  for (const headers of [
    { "x-amz-server-side-encryption": "AES256" },
    { "x-amz-storage-class": "GLACIER" },
    { "x-amz-acl": "public-read" },
    {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-trailer": "x-amz-checksum-crc32",
    },
  ]) {
    expect(await put(server, "h", "x", { headers })).toMatchObject({ status: 501 });
  }
  const plain = { "x-amz-storage-class": "STANDARD", "x-amz-acl": "private" };
  expect((await put(server, "h", "x", { headers: plain })).status).toBe(200);
});

test("metadata and tags came with versions", async () => {
  const headers = { "x-amz-meta-run": "7" };
  for (const [version, kept] of [
    ["6.2", undefined],
    ["6.3", "7"],
    ["latest", "7"],
  ] as const) {
    await using server = await playing(`qumulo@${version}`);
    await put(server, "m", "x", { headers });
    const head = await server.send({ method: "HEAD", path: "/bkt/m" });
    expect([version, head.headers["x-amz-meta-run"]]).toEqual([version, kept]);
    const tagged = await put(server, "t", "x", { headers: { "x-amz-tagging": "a=1" } });
    expect([version, tagged.status]).toEqual([version, version === "latest" ? 200 : 501]);
  }
});

test("no temporary keys, no old signatures, no POST of strangers or links; any region", async () => {
  await using server = await playing();
  const session = await server.send({ path: "/bkt", credentials: keys.session });
  expect(session).toMatchObject({ status: 400, code: "InvalidToken" });
  const headers = { authorization: "AWS AKIAADMIN00000000000:c2lnbmF0dXJl" };
  const old = await server.send({ path: "/bkt", credentials: null, headers });
  expect(old).toMatchObject({ status: 400, code: "AuthorizationHeaderMalformed" });
  const form = await server.send({ method: "POST", path: "/bkt", credentials: null, body: "x" });
  expect(form).toMatchObject({ status: 501 });
  expect((await server.send({ path: "/bkt", region: "eu-west-3" })).status).toBe(200);
  const location = await server.send({ path: "/bkt", query: "location" });
  expect(location.text).toContain(">local<");
  const host = { host: `bkt.localhost:${server.server.port}` };
  expect(await server.send({ path: "/a", headers: host })).toMatchObject({ code: "NoSuchBucket" });
  expect(await server.send({ method: "PUT", path: "/with.dot" })).toMatchObject({
    code: "InvalidBucketName",
  });
});

test("its own bucket policies: who is not allowed is denied, the owner too", async () => {
  await using server = await playing();
  const policy = (statements: unknown) =>
    server.send({
      method: "PUT",
      path: "/bkt",
      query: "policy",
      body: JSON.stringify(statements),
    });
  await put(server, "a");
  const aws = { Version: "2012-10-17", Statement: [] };
  expect(await policy(aws)).toMatchObject({ code: "MalformedPolicy" });
  const unknown = { Statements: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
  expect((await policy(unknown)).text).toContain("Statement 1 has Resource");
  const statements = [
    { Effect: "Allow", Index: 1, Action: ["s3:GetObject"], Principal: { Qumulo: ["Everyone"] } },
    { Effect: "Allow", Action: "s3:*", Principal: { Qumulo: ["local:admin"] } },
    { Effect: "Deny", Action: "s3:DeleteObject", Principal: { Qumulo: ["Authenticated Users"] } },
  ];
  expect((await policy({ Id: "x", Statements: statements })).status).toBe(204);
  const stored = await server.send({ path: "/bkt", query: "policy" });
  expect(JSON.parse(stored.text)).toMatchObject({ Statements: statements });
  expect((await put(server, "c")).status).toBe(200);
  const denied = { status: 403, code: "AccessDeniedByBucketPolicy" };
  expect(await server.send({ method: "DELETE", path: "/bkt/c" })).toMatchObject(denied);
  expect(await put(server, "d", "x", { credentials: keys.root })).toMatchObject(denied);
  expect((await server.send({ path: "/bkt/a", credentials: null })).text).toBe("x");
  expect(await put(server, "e", "x", { credentials: null })).toMatchObject({
    code: "AccessDenied",
  });
});

test("parts are whole blocks, and uploads without data end after a day", async () => {
  let now = new Date("2026-01-01T00:00:00Z");
  await using server = await playing("qumulo", { storeNow: () => now });
  const begin = async (key: string) => {
    const made = await server.send({ method: "POST", path: `/bkt/${key}`, query: "uploads" });
    return /<UploadId>(.*?)</.exec(made.text)?.[1] ?? "";
  };
  const part = async (key: string, id: string, number: number, sizeBytes: number) => {
    const query = `partNumber=${number}&uploadId=${id}`;
    const body = Buffer.alloc(sizeBytes, number);
    return (await server.send({ method: "PUT", path: `/bkt/${key}`, query, body })).headers["etag"];
  };
  const complete = (key: string, id: string, etags: readonly (string | undefined)[]) => {
    const parts = etags.map(
      (etag, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    return server.send({ method: "POST", path: `/bkt/${key}`, query: `uploadId=${id}`, body });
  };
  const least = 5 * 1024 * 1024;
  const odd = await begin("odd");
  const etags = [await part("odd", odd, 1, least + 1), await part("odd", odd, 2, 3)];
  expect(await complete("odd", odd, etags)).toMatchObject({ status: 400, code: "InvalidPart" });
  const even = await begin("even");
  const good = [await part("even", even, 1, least), await part("even", even, 2, 3)];
  const done = await complete("even", even, good);
  expect(done.status).toBe(200);
  expect(done.text).toMatch(/<ETag>&quot;-|<ETag>"-/);
  expect((await complete("even", even, good)).status).toBe(200);
  now = new Date("2026-01-01T23:00:00Z");
  await part("odd", odd, 3, 1);
  await begin("idle");
  const open = async () => keysOf(await server.send({ path: "/bkt", query: "uploads" }));
  now = new Date("2026-01-02T01:00:00Z");
  await server.server.runLifecycle();
  expect(await open()).toEqual(["idle", "odd"]);
  now = new Date("2026-01-02T23:30:00Z");
  await server.server.runLifecycle();
  expect(await open()).toEqual([]);
});

test("there is no portal to sign in at", async () => {
  await using server = await playing();
  const headers = { "content-type": "application/json" };
  const register = { method: "POST", path: "/client/register", body: "{}", headers };
  const answers = [register, { path: "/_sso/device" }].map((wire) =>
    server.send({ ...wire, credentials: null }),
  );
  for (const { status, text } of await Promise.all(answers)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toContain("<Error><Code>");
  }
});

test("a slash before a key changes nothing, in whatever call", async () => {
  await using server = await playing();
  expect((await put(server, "/d/a", "first")).status).toBe(200);
  expect((await put(server, "d/a", "again")).status).toBe(403);
  for (const key of ["d/a", "/d/a"]) {
    expect((await server.send({ path: `/bkt/${key}` })).text).toBe("first");
  }
  expect(keysOf(await list(server))).toEqual(["d/a"]);
  const source = { "x-amz-copy-source": "/bkt//d/a" };
  expect((await put(server, "/d/b", "", { headers: source })).status).toBe(200);
  expect((await server.send({ path: "/bkt/d/b" })).text).toBe("first");
  expect((await server.send({ method: "DELETE", path: "/bkt//d/a" })).status).toBe(204);
  expect(keysOf(await list(server))).toEqual(["d/b"]);
});
