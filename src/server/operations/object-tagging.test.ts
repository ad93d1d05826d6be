import { afterAll, beforeAll, expect, test } from "vitest";
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
