import { afterAll, beforeAll, expect, test } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";
import { PortalClient } from "./testing-fixtures/portal-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ ssoApproval: "off" });
});
afterAll(() => server.close());

test("nobody signs in where neither the server nor a world says who may", async () => {
  const portal = new PortalClient(server);
  const client = { clientName: "a program", clientType: "public" };
  const { status, code, body } = await portal.post("/client/register", client);
  expect([status, code]).toEqual([400, "InvalidRequestException"]);
  expect(body["error_description"]).toMatch(/start the server with --sso page/);
});
