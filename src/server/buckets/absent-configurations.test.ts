import { afterAll, beforeAll, expect, test } from "vitest";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

const send = async (method: string, query: string, body = "") =>
  await server.send({ method, path: "/bkt", query, ...(body !== "" && { body }) });

test.each(["analytics", "intelligent-tiering", "inventory", "metrics"])(
  "no %s: the list is empty, an id is of none",
  async (kind) => {
    const listed = await send("GET", kind);
    expect(listed.status).toBe(200);
    expect(listed.text).toMatch(
      /^<\?xml .*\?>\n<List\w+ xmlns="[^"]+"><IsTruncated>false<\/IsTruncated><\/List\w+>$/,
    );
    const none = { status: 404, code: "NoSuchConfiguration" };
    expect(await send("GET", `${kind}&id=a`)).toMatchObject(none);
    expect(await send("DELETE", `${kind}&id=a`)).toMatchObject(none);
    const put = await send("PUT", `${kind}&id=a`, "<Configuration/>");
    expect(put).toMatchObject({ status: 501, code: "NotImplemented" });
  },
);

test.each(["replication", "website"])("no %s is removed, and none is made", async (setting) => {
  expect((await send("DELETE", setting)).status).toBe(204);
  const put = await send("PUT", setting, "<Configuration/>");
  expect(put).toMatchObject({ status: 501, code: "NotImplemented" });
});

const payer = (name: string) =>
  `<RequestPaymentConfiguration><Payer>${name}</Payer></RequestPaymentConfiguration>`;
const notify = (content: string) =>
  `<NotificationConfiguration>${content}</NotificationConfiguration>`;

test.each([
  ["requestPayment", payer("BucketOwner"), 200, undefined],
  ["requestPayment", payer("Requester"), 501, "NotImplemented"],
  ["requestPayment", payer("Nobody"), 400, "MalformedXML"],
  ["requestPayment", "<Other/>", 400, "MalformedXML"],
  ["requestPayment", "", 400, "MissingRequestBodyError"],
  ["notification", notify(""), 200, undefined],
  ["notification", notify("<EventBridgeConfiguration/>"), 501, "NotImplemented"],
  ["notification", notify("<QueueConfiguration/>"), 501, "NotImplemented"],
  ["notification", notify("<TopicConfiguration/>"), 501, "NotImplemented"],
  ["notification", notify("<CloudFunctionConfiguration/>"), 501, "NotImplemented"],
])("%s set to %j is %i %s", async (setting, body, status, code) => {
  expect(await send("PUT", setting, body)).toMatchObject({ status, code });
});

test("who has no right is refused as elsewhere", async () => {
  const credentials = keys.plain;
  for (const query of ["inventory", "inventory&id=a"]) {
    const read = await server.send({ path: "/bkt", query, credentials });
    expect(read).toMatchObject({ status: 403, code: "AccessDenied" });
  }
  const remove = { method: "DELETE", path: "/bkt", query: "website", credentials };
  expect((await server.send(remove)).status).toBe(403);
});
