import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: "x" });
});
afterAll(() => server.close());

test("tags are put, read, counted and deleted", async () => {
  const tagging = { path: "/bkt/k", query: "tagging" };
  const body = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
  expect((await server.send({ ...tagging, method: "PUT", body })).status).toBe(200);
  expect((await server.send(tagging)).text).toContain("<Tag><Key>a</Key><Value>1</Value></Tag>");
  expect((await server.send({ path: "/bkt/k" })).headers["x-amz-tagging-count"]).toBe("1");
  expect((await server.send({ ...tagging, method: "DELETE" })).status).toBe(204);
  expect((await server.send(tagging)).text).toContain("<TagSet/>");
});

test("a missing object and a broken document", async () => {
  expect(await server.send({ path: "/bkt/none", query: "tagging" })).toMatchObject({
    status: 404,
    code: "NoSuchKey",
  });
  const broken = { method: "PUT", path: "/bkt/k", query: "tagging", body: "<Tagging>" };
  expect(await server.send(broken)).toMatchObject({ status: 400, code: "MalformedXML" });
});

test("the ACL is the owner's; grants are refused, canned ones that grant nothing taken", async () => {
  const acl = { path: "/bkt/k", query: "acl" };
  expect((await server.send(acl)).text).toContain("<Permission>FULL_CONTROL</Permission>");
  const put = (value: string) =>
    server.send({ ...acl, method: "PUT", headers: { "x-amz-acl": value } });
  expect((await put("bucket-owner-full-control")).status).toBe(200);
  const own = (await server.send(acl)).text;
  expect((await server.send({ ...acl, method: "PUT", body: own })).status).toBe(200);
  const body = own.replace(/<ID>[0-9a-f]{64}<\/ID>(?=<\/Grantee>)/, "<ID>other</ID>");
  expect(body).not.toBe(own);
  const foreign = await server.send({ ...acl, method: "PUT", body });
  expect(foreign).toMatchObject({ status: 400, code: "AccessControlListNotSupported" });
  const broken = await server.send({ ...acl, method: "PUT", body: "<Acl/>" });
  expect(broken).toMatchObject({ status: 400, code: "MalformedACLError" });
  expect(await put("public-read")).toMatchObject({ code: "AccessControlListNotSupported" });
});

describe("of a key whose latest version is a delete marker", () => {
  let id: string;

  beforeAll(async () => {
    await server.send({ method: "PUT", path: "/versioned" });
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await server.send({ method: "PUT", path: "/versioned", query: "versioning", body });
    await server.send({ method: "PUT", path: "/versioned/k", body: "x" });
    const { headers } = await server.send({ method: "DELETE", path: "/versioned/k" });
    id = headers["x-amz-version-id"] ?? "";
  });

  // Sources: recordings of AWS of 2026-02; for the ACL, public measurements of AWS (2026-04).
  test.each([
    ["GET", "tagging", 405, 405],
    ["PUT", "tagging", 405, 405],
    ["DELETE", "tagging", 405, 405],
    ["GET", "retention", 405, 405],
    ["PUT", "legal-hold", 405, 405],
    ["PUT", "acl", 405, 405],
    ["GET", "acl", 404, 405],
  ])("%s ?%s is %i, and %i by its id", async (method, query, status, byId) => {
    const body = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    const wire = { method, path: "/versioned/k", ...(query === "tagging" && { body }) };
    const latest = await server.send({ ...wire, query });
    const named = await server.send({ ...wire, query: `${query}&versionId=${id}` });
    expect([latest.status, named.status]).toEqual([status, byId]);
    expect(named).toMatchObject({ code: "MethodNotAllowed", headers: { allow: "DELETE" } });
    expect(named.text).toContain(`<Method>${method}</Method><ResourceType>DeleteMarker<`);
    expect(latest.headers["x-amz-delete-marker"]).toBe("true");
  });
});

test.each(["retention", "legal-hold"])("?%s tells that the bucket has no lock", async (query) => {
  for (const method of ["GET", "PUT"]) {
    const answer = await server.send({ method, path: "/bkt/k", query });
    expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(answer.text).toContain("Bucket is missing Object Lock Configuration");
    const none = await server.send({ method, path: "/bkt/none", query });
    expect(none).toMatchObject({ status: 404, code: "NoSuchKey" });
  }
});
