import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";

const dayMs = 86_400_000;
let server: TestServer;
let clockMs = Date.parse("2026-03-01T10:00:00Z");

beforeAll(async () => {
  server = await TestServer.start({ now: () => new Date(clockMs) });
  await server.send({ method: "PUT", path: "/bkt", now: new Date(clockMs) });
});
afterAll(() => server.close());

type Wire = Parameters<TestServer["send"]>[0];
const send = (wire: Wire) => server.send({ ...wire, now: new Date(clockMs) });

async function put(key: string, storageClass: string): Promise<void> {
  const headers = { "x-amz-storage-class": storageClass };
  const { status } = await send({ method: "PUT", path: `/bkt/${key}`, headers, body: "bytes" });
  expect(status).toBe(200);
}

const request = (inner: string) => `<RestoreRequest>${inner}</RestoreRequest>`;
const restore = (key: string, inner = "<Days>2</Days>", more: Partial<Wire> = {}) =>
  send({ method: "POST", path: `/bkt/${key}`, query: "restore", body: request(inner), ...more });
const list = async (query: string, headers: Record<string, string>) =>
  (await send({ path: "/bkt", query: `${query}prefix=listed%2F`, headers })).text;
const head = async (key: string) => (await send({ method: "HEAD", path: `/bkt/${key}` })).headers;

describe.each(["GLACIER", "DEEP_ARCHIVE"])("an object in %s", (storageClass) => {
  it("is described, and neither read nor copied", async () => {
    await put("told", storageClass);
    expect((await head("told"))["x-amz-storage-class"]).toBe(storageClass);
    expect((await head("told"))["x-amz-restore"]).toBeUndefined();
    for (const range of [{}, { range: "bytes=0-0" }]) {
      const read = await send({ path: "/bkt/told", headers: range });
      expect(read).toMatchObject({ status: 403, code: "InvalidObjectState" });
      expect(read.text).toContain(`<StorageClass>${storageClass}</StorageClass>`);
    }
    const headers = { "x-amz-copy-source": "/bkt/told" };
    const copy = await send({ method: "PUT", path: "/bkt/copy", headers });
    expect(copy).toMatchObject({ status: 403, code: "InvalidObjectState" });
    expect(copy.text).toContain("the source object's storage class");
  });

  it("is read once it is restored, until the days are over", async () => {
    await put("restored", storageClass);
    expect((await restore("restored")).status).toBe(202);
    expect((await send({ path: "/bkt/restored" })).text).toBe("bytes");
    // Two days from 10:00 are rounded up to midnight.
    const told = 'ongoing-request="false", expiry-date="Wed, 04 Mar 2026 00:00:00 GMT"';
    expect((await head("restored"))["x-amz-restore"]).toBe(told);
    expect((await restore("restored", "<Days>3</Days>")).status).toBe(200);
    expect((await head("restored"))["x-amz-restore"]).toContain("Thu, 05 Mar 2026");
    clockMs += 4 * dayMs;
    expect((await head("restored"))["x-amz-restore"]).toBeUndefined();
    expect((await send({ path: "/bkt/restored" })).code).toBe("InvalidObjectState");
    expect((await restore("restored")).status).toBe(202);
    clockMs -= 4 * dayMs;
  });

  it("is told by listings as restored when they are asked, until the days are over", async () => {
    await put("listed/restored", storageClass);
    await put("listed/archived", storageClass);
    await put("listed/usual", "STANDARD");
    await restore("listed/restored");
    const status = { "x-amz-optional-object-attributes": "Other, RestoreStatus" };
    const told =
      `<StorageClass>${storageClass}</StorageClass><RestoreStatus>` +
      "<IsRestoreInProgress>false</IsRestoreInProgress>" +
      "<RestoreExpiryDate>2026-03-04T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>";
    for (const query of ["", "list-type=2&", "versions&"]) {
      const plain = await list(query, {});
      expect(plain).not.toContain("RestoreStatus");
      const asked = await list(query, status);
      expect(asked.match(/<RestoreStatus>/g)).toHaveLength(1);
      const entry = asked.slice(asked.indexOf("<Key>listed/restored</Key>"));
      expect(entry.slice(0, entry.indexOf("<Key>listed/usual"))).toContain(told);
      expect(asked.replace(/<RestoreStatus>.*<\/RestoreStatus>/, "")).toBe(plain);
      clockMs += 4 * dayMs;
      expect(await list(query, status)).toBe(plain);
      clockMs -= 4 * dayMs;
    }
  });

  it("is paged through alike when its restoring is told", async () => {
    const headers = { "x-amz-optional-object-attributes": "RestoreStatus" };
    for (const key of ["paged/a", "paged/b/c"]) await put(key, storageClass);
    const query = "list-type=2&prefix=paged%2F&delimiter=%2F&max-keys=1";
    const first = await send({ path: "/bkt", query, headers });
    expect(first.text).toContain("<Key>paged/a</Key>");
    const token = /<NextContinuationToken>(.+)<\/Next/.exec(first.text)?.[1] ?? "";
    const next = `${query}&continuation-token=${encodeURIComponent(token)}`;
    const second = await send({ path: "/bkt", query: next, headers });
    expect(second.text).toContain("<CommonPrefixes><Prefix>paged/b/</Prefix></CommonPrefixes>");
    expect(second.text).toContain("<IsTruncated>false</IsTruncated>");
  });
});

it("is restored with its tags kept, and a copy of it is an object like any other", async () => {
  await put("tagged", "GLACIER");
  const body = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
  await send({ method: "PUT", path: "/bkt/tagged", query: "tagging", body });
  await restore("tagged");
  expect((await head("tagged"))["x-amz-tagging-count"]).toBe("1");
  await send({ method: "PUT", path: "/bkt/of", headers: { "x-amz-copy-source": "/bkt/tagged" } });
  const copied = await head("of");
  expect(copied["x-amz-storage-class"]).toBeUndefined();
  expect(copied["x-amz-restore"]).toBeUndefined();
  expect((await send({ path: "/bkt/of" })).text).toBe("bytes");
});

it("is as archived as before when it is written again", async () => {
  await put("again", "GLACIER");
  await restore("again");
  await put("again", "GLACIER");
  expect((await send({ path: "/bkt/again" })).code).toBe("InvalidObjectState");
});

it("is restored for as long as a date can tell", async () => {
  await put("long", "GLACIER");
  for (const status of [202, 200]) {
    expect((await restore("long", "<Days>2147483647</Days>")).status).toBe(status);
  }
  expect((await head("long"))["x-amz-restore"]).toContain('"Fri, 31 Dec 9999 00:00:00 GMT"');
  expect((await send({ path: "/bkt/long" })).text).toBe("bytes");
});

it("of versions is the one that is named", async () => {
  const path = "/versions";
  await send({ method: "PUT", path });
  const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  await send({ method: "PUT", path, query: "versioning", body });
  const headers = { "x-amz-storage-class": "GLACIER" };
  const write = () => send({ method: "PUT", path: `${path}/k`, headers, body: "x" });
  const first = (await write()).headers["x-amz-version-id"] ?? "";
  await write();
  const query = `restore&versionId=${first}`;
  const days = request("<Days>1</Days>");
  const post = { method: "POST", path: `${path}/k`, query, body: days };
  expect((await send(post)).status).toBe(202);
  expect((await send({ path: `${path}/k`, query: `versionId=${first}` })).status).toBe(200);
  expect((await send({ path: `${path}/k` })).code).toBe("InvalidObjectState");
  await send({ method: "DELETE", path: `${path}/k` });
  expect((await send({ ...post, query: "restore" })).code).toBe("MethodNotAllowed");
});

describe("refuses", () => {
  beforeAll(() => put("cold", "DEEP_ARCHIVE"));

  it.each(["STANDARD", "STANDARD_IA", "GLACIER_IR"])("what is in %s", async (storageClass) => {
    await put("warm", storageClass);
    expect((await send({ path: "/bkt/warm" })).text).toBe("bytes");
    const answer = await restore("warm");
    expect(answer).toMatchObject({ status: 403, code: "InvalidObjectState" });
    expect(answer.text).toContain(`<StorageClass>${storageClass}</StorageClass>`);
  });

  it.each([
    ["no days", "", 400, "MalformedXML"],
    ["no day", "<Days>0</Days>", 400, "InvalidArgument"],
    ["what S3 has not", "<Days>1</Days><Hours>1</Hours>", 400, "MalformedXML"],
    ["a tier too quick", "<Days>1</Days><Tier>Expedited</Tier>", 400, "InvalidArgument"],
    [
      "the same in its other place",
      "<Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier></GlacierJobParameters>",
      400,
      "InvalidArgument",
    ],
    ["a query", "<Type>SELECT</Type>", 501, "NotImplemented"],
  ])("%s", async (_, inner, status, code) => {
    expect(await restore("cold", inner)).toMatchObject({ status, code });
    expect((await head("cold"))["x-amz-restore"]).toBeUndefined();
  });

  it("who may not, and what is not there", async () => {
    const denied = await restore("cold", undefined, { credentials: keys.plain });
    expect(denied).toMatchObject({ status: 403, code: "AccessDenied" });
    expect((await restore("none")).code).toBe("NoSuchKey");
    const empty = await restore("cold", undefined, { body: "" });
    expect(empty).toMatchObject({ status: 400, code: "MissingRequestBodyError" });
  });
});
