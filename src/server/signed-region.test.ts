import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keys, TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.server.engine.createBucket({
    name: "west",
    region: "us-west-2",
    ownerAccountId: "111122223333",
  });
});
afterAll(() => server.close());

describe("ListBuckets", () => {
  test.each(["us-east-1", "us-west-2"])("may be signed for %s", async (region) => {
    expect((await server.send({ path: "/", region })).status).toBe(200);
  });

  test.each(["us_east_1", "mars-1", "US-EAST-1", "eu-west-1"])("not for %s", async (region) => {
    const answer = await server.send({ path: "/", region });
    expect(answer).toMatchObject({ status: 400, code: "AuthorizationHeaderMalformed" });
    expect(answer.text).toContain("<Region>us-east-1</Region>");
    const link = server.presign({ path: "/", region });
    const linked = await server.send({ path: "/", query: link, credentials: null });
    expect(linked).toMatchObject({ status: 400, code: "AuthorizationQueryParametersError" });
  });

  test("nor for the region of somebody else's bucket", async () => {
    const wire = { path: "/", region: "us-west-2", credentials: keys.stranger };
    expect(await server.send(wire)).toMatchObject({ code: "AuthorizationHeaderMalformed" });
  });
});

describe.each(["sts", "iam"])("%s", (service) => {
  const actions = {
    sts: "Action=GetCallerIdentity&Version=2011-06-15",
    iam: "Action=GetRole&RoleName=Developer&Version=2010-05-08",
  };
  const call = (region: string) =>
    server.send({
      method: "POST",
      path: "/",
      body: service === "sts" ? actions.sts : actions.iam,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      service,
      region,
    });

  test.each(["us-east-1", "eu-west-1"])("takes %s", async (region) => {
    expect((await call(region)).status).toBe(200);
  });

  test.each(["us_east_1", "mars-1", "cn-north-1"])("refuses %s", async (region) => {
    const answer = await call(region);
    expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(answer.text).toContain("scoped to a valid region, such as us-east-1.");
  });
});
