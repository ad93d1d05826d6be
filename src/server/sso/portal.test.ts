import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";
import { worldOf } from "../world/world-of.ts";
import { permissionSetRole } from "../world/world-arns.ts";
import type { SsoUser } from "./sso-directory.ts";
import { type PortalAnswer, PortalClient } from "./testing-fixtures/portal-client.ts";

const accountId = "111122223333";
const ssoRole = "AWSReservedSSO_DataReader_0123456789abcdef";
const worldAccountId = "222233334444";
const worldRole = permissionSetRole(worldAccountId, "DataReader").name;
const allowAll = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};
const refresh = "refresh_token";

let server: TestServer;
let portal: PortalClient;
let clock = Date.now();
beforeAll(async () => {
  server = await TestServer.start({
    now: () => new Date(clock),
    ssoApproval: "automatic",
    identities: {
      version: 1,
      createdAt: "2026-01-01T00:00:00.000Z",
      accounts: [
        {
          id: accountId,
          users: [],
          roles: [
            {
              name: ssoRole,
              path: "/aws-reserved/sso.amazonaws.com/",
              id: "AROAAAAAAAAAAAAAAAAA",
              access: "administrator",
              sessions: [],
            },
          ],
        },
      ],
    },
  });
  portal = new PortalClient(server);
});
afterAll(() => server.close());
beforeEach(() => describePortal({}));

interface Assignment {
  readonly user?: string;
  readonly account?: string;
  readonly permissionSet?: string;
}

/** Undefined: the world says nothing of it. */
async function describePortal(
  user: Partial<SsoUser> | undefined,
  assignments: readonly Assignment[] = [{}],
): Promise<void> {
  const { name = "ada", ...more } = user ?? {};
  const given = assignments.map((assignment) => {
    const usual = { user: name, account: worldAccountId, permissionSet: "DataReader" };
    return { ...usual, ...assignment };
  });
  const set = { sessionDuration: 7200, policy: allowAll };
  const sets = new Set(["DataReader", ...given.map(({ permissionSet }) => permissionSet)]);
  const sso = user && {
    users: { zoe: {}, [name]: { approval: "automatic", ...more } },
    permissionSets: Object.fromEntries(Array.from(sets, (permissionSet) => [permissionSet, set])),
    assignments: given,
  };
  const accounts = { [worldAccountId]: { alias: "research" }, "999900001111": {} };
  const world = worldOf({ version: 1, accounts, ...(sso && { sso }) }, { region: "us-east-1" });
  await server.server.takeWorld(world);
}

async function signIn() {
  const { client, tokens } = await portal.signIn();
  const accessToken = String(tokens["accessToken"]);
  const refreshToken = String(tokens["refreshToken"]);
  return { client, tokens, accessToken, refreshToken };
}

const credentials = (
  token: string,
  role = "DataReader",
  id = worldAccountId,
): Promise<PortalAnswer> =>
  portal.portal(`/federation/credentials?account_id=${id}&role_name=${role}`, token);

test("where the world says nothing the developer has every role of a permission set", async () => {
  await describePortal(undefined);
  const { accessToken } = await signIn();
  const accounts = await portal.portal("/assignment/accounts", accessToken);
  expect(accounts.body).toEqual({
    accountList: [
      { accountId, accountName: accountId, emailAddress: `aws+${accountId}@example.com` },
    ],
  });
  const roles = await portal.portal(`/assignment/roles?account_id=${accountId}`, accessToken);
  expect(roles.body).toEqual({ roleList: [{ accountId, roleName: "DataReader" }] });
});

test("the world says which accounts and roles a user has", async () => {
  const { accessToken } = await signIn();
  const accounts = await portal.portal("/assignment/accounts", accessToken);
  const emailAddress = `aws+${worldAccountId}@example.com`;
  expect(accounts.body).toEqual({
    accountList: [{ accountId: worldAccountId, accountName: "research", emailAddress }],
  });
});

test("keys of a role are a session of it in the user's name, and let it in", async () => {
  const { body } = await credentials((await signIn()).accessToken);
  const given = body["roleCredentials"] as Record<string, string | number>;
  expect(Number(given["expiration"]) - clock).toBeGreaterThan(7_198_000);
  expect(Number(given["expiration"]) - clock).toBeLessThanOrEqual(7_200_000);
  const answer = await server.send({
    method: "POST",
    path: "/",
    service: "sts",
    now: new Date(clock),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    credentials: {
      accessKeyId: String(given["accessKeyId"]),
      secretAccessKey: String(given["secretAccessKey"]),
      sessionToken: String(given["sessionToken"]),
    },
  });
  const arn = `arn:aws:sts::${worldAccountId}:assumed-role/${worldRole}/ada`;
  expect(answer.text).toContain(`<Arn>${arn}</Arn>`);
  expect(answer.text).toMatch(/<UserId>AROA[A-Z0-9]{16,17}:ada<\/UserId>/);
});

describe("no access", () => {
  test.each([
    ["to a permission set that is not assigned", "Administrator", worldAccountId],
    ["to an account that is not assigned", "DataReader", "444455556666"],
  ])("%s", async (_, role, id) => {
    const { status, code, body } = await credentials((await signIn()).accessToken, role, id);
    expect([status, code, body["message"]]).toEqual([403, "ForbiddenException", "No access"]);
  });

  test("to what another user has", async () => {
    await describePortal({}, [{ permissionSet: "Another" }, { user: "zoe" }]);
    const { accessToken } = await signIn();
    expect((await credentials(accessToken)).code).toBe("ForbiddenException");
    const roles = await portal.portal(
      `/assignment/roles?account_id=${worldAccountId}`,
      accessToken,
    );
    expect(roles.body).toEqual({ roleList: [{ accountId: worldAccountId, roleName: "Another" }] });
  });

  test("to what was taken away since", async () => {
    const { accessToken } = await signIn();
    await describePortal({}, []);
    expect((await credentials(accessToken)).code).toBe("ForbiddenException");
    const roles = await portal.portal(
      `/assignment/roles?account_id=${worldAccountId}`,
      accessToken,
    );
    expect(roles.code).toBe("ForbiddenException");
    expect((await portal.portal("/assignment/accounts", accessToken)).body).toEqual({
      accountList: [],
    });
  });
});

const unauthorized = [401, "UnauthorizedException", "Session token not found or invalid"];
const told = ({ status, code, body }: PortalAnswer) => [status, code, body["message"]];

describe("a session", () => {
  test("lasts an hour, and longer with its refresh token", async () => {
    const start = clock;
    const { client, accessToken, refreshToken } = await signIn();
    clock = start + 3_600_000 - 1;
    expect((await credentials(accessToken)).status).toBe(200);
    clock = start + 3_600_000;
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
    const renewed = await portal.createToken(client, { grantType: refresh, refreshToken });
    expect(renewed.body).toMatchObject({ tokenType: "Bearer", expiresIn: 3600 });
    expect((await credentials(String(renewed.body["accessToken"]))).status).toBe(200);
    clock = start + 8 * 3_600_000 - 60_000;
    const last = await portal.createToken(client, { grantType: refresh, refreshToken });
    expect(last.body).toMatchObject({ expiresIn: 60 });
    clock = start + 8 * 3_600_000;
    expect((await portal.createToken(client, { grantType: refresh, refreshToken })).code).toBe(
      "InvalidGrantException",
    );
    clock = start;
  });

  test("of a clock that was ahead ends when that is put right", async () => {
    const start = clock;
    clock = start + 1000 * 3_600_000;
    const { client, accessToken, refreshToken } = await signIn();
    expect((await credentials(accessToken)).status).toBe(200);
    clock = start;
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
    const renewed = await portal.createToken(client, { grantType: refresh, refreshToken });
    expect(renewed.code).toBe("InvalidGrantException");
  });

  test("ends with a sign-out, also what its refresh token has made", async () => {
    const { client, accessToken, refreshToken } = await signIn();
    const other = await signIn();
    const renewed = await portal.createToken(client, { grantType: refresh, refreshToken });
    expect((await portal.portal("/logout", accessToken, "POST")).status).toBe(200);
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
    expect(told(await credentials(String(renewed.body["accessToken"])))).toEqual(unauthorized);
    expect((await portal.createToken(client, { grantType: refresh, refreshToken })).code).toBe(
      "InvalidGrantException",
    );
    expect(told(await portal.portal("/logout", accessToken, "POST"))).toEqual(unauthorized);
    expect((await credentials(other.accessToken)).status).toBe(200);
  });

  test("can be made expired: its token ends at once, and nothing refreshes it", async () => {
    await describePortal({ sessions: "expired" });
    const { tokens, accessToken } = await signIn();
    expect(tokens).toMatchObject({ expiresIn: 1 });
    expect(tokens["refreshToken"]).toBeUndefined();
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
  });

  test("can be made revoked: its token looks good and is not", async () => {
    await describePortal({ sessions: "revoked" });
    const { client, tokens, accessToken, refreshToken } = await signIn();
    expect(tokens).toMatchObject({ expiresIn: 3600 });
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
    expect((await portal.createToken(client, { grantType: refresh, refreshToken })).code).toBe(
      "InvalidGrantException",
    );
  });

  test("of a user who is gone is no session", async () => {
    const { accessToken } = await signIn();
    await describePortal({ name: "eve" });
    expect(told(await credentials(accessToken))).toEqual(unauthorized);
  });

  test("is told by access tokens of this store alone", async () => {
    const { client, accessToken, refreshToken } = await signIn();
    for (const wrong of ["x", accessToken.slice(0, -4), `${accessToken}AAAA`, refreshToken, ""]) {
      expect(told(await credentials(wrong))).toEqual(unauthorized);
    }
    const swapped = { grantType: refresh, refreshToken: accessToken };
    expect((await portal.createToken(client, swapped)).code).toBe("InvalidGrantException");
    const stolen = { grantType: refresh, refreshToken };
    expect((await portal.createToken(await portal.register(), stolen)).code).toBe(
      "InvalidGrantException",
    );
  });
});

test("long lists come in pages", async () => {
  const many = Array.from({ length: 45 }, (_, i) => ({ permissionSet: `Set${i}` }));
  await describePortal({}, many);
  const { accessToken } = await signIn();
  const path = `/assignment/roles?account_id=${worldAccountId}`;
  const sizes: number[] = [];
  let next: unknown = "0";
  while (typeof next === "string") {
    const { body } = await portal.portal(`${path}&next_token=${next}&max_result=20`, accessToken);
    sizes.push((body["roleList"] as unknown[]).length);
    next = body["nextToken"];
  }
  expect(sizes).toEqual([20, 20, 5]);
  const { body } = await portal.portal(`${path}&max_result=45`, accessToken);
  expect([(body["roleList"] as unknown[]).length, body["nextToken"]]).toEqual([45, undefined]);
  for (const wrong of ["next_token=x", "max_result=0", "max_result=101", "next_token=-1"]) {
    expect((await portal.portal(`${path}&${wrong}`, accessToken)).code).toBe(
      "InvalidRequestException",
    );
  }
  expect((await portal.portal("/assignment/roles", accessToken)).code).toBe(
    "InvalidRequestException",
  );
});
