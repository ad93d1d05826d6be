import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";
import { worldOf } from "../world/world-of.ts";
import type { SsoUser } from "./sso-directory.ts";
import {
  challengeOf,
  deviceGrant,
  formOf,
  PortalClient,
  redirectUri,
} from "./testing-fixtures/portal-client.ts";

let server: TestServer;
let portal: PortalClient;
let clock = Date.now();
beforeAll(async () => {
  server = await TestServer.start({ now: () => new Date(clock) });
  portal = new PortalClient(server);
});
afterAll(() => server.close());

const minute = 60_000;
const verifier = "v".repeat(64);
const codeClient = {
  grantTypes: ["authorization_code", "refresh_token"],
  redirectUris: ["http://127.0.0.1/oauth/callback"],
};

async function setUsers(...users: readonly Partial<SsoUser>[]): Promise<void> {
  const named = users.map(({ name = "ada", ...user }) => [name, user] as const);
  const sso = { users: Object.fromEntries(named) };
  await server.server.takeWorld(
    worldOf({ version: 1, accounts: {}, sso }, { region: "us-east-1" }),
  );
}

async function openPage(
  path: string,
): Promise<{ form: URLSearchParams; cookie: string; text: string }> {
  const page = await fetch(portal.endpoint + path);
  const cookie = (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const text = await page.clone().text();
  return { form: await formOf(page), cookie, text };
}

function send(form: URLSearchParams, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${portal.endpoint}/_sso/device`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: form.toString(),
    redirect: "manual",
  });
}

describe("a device code", () => {
  test("waits until somebody approves on the page, and then gives tokens once", async () => {
    await setUsers({ name: "ada" }, { name: "eve", displayName: "Eve <b>" });
    const client = await portal.register();
    const started = await portal.startDevice(client);
    expect(started).toMatchObject({ expiresIn: 600, interval: 1 });
    expect(started["verificationUriComplete"]).toBe(
      `${portal.endpoint}/_sso/device?user_code=${String(started["userCode"])}`,
    );
    const ask = () =>
      portal.createToken(client, { grantType: deviceGrant, deviceCode: started["deviceCode"] });
    const pending = await ask();
    expect([pending.status, pending.code, pending.body["error"]]).toEqual([
      400,
      "AuthorizationPendingException",
      "authorization_pending",
    ]);
    expect((await ask()).code).toBe("SlowDownException");
    clock += 1000;
    expect((await ask()).code).toBe("AuthorizationPendingException");
    const { form, cookie, text } = await openPage(
      `/_sso/device?user_code=${String(started["userCode"]).toLowerCase().replace("-", " ")}`,
    );
    expect(text).toContain("a program");
    expect(text).toContain("Eve &#60;b&#62; (eve)");
    form.set("user", "eve");
    form.set("answer", "allow");
    expect(await (await send(form, { cookie })).text()).toContain("Signed in");
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toMatchObject({ tokenType: "Bearer", expiresIn: 3600 });
    expect((await ask()).code).toBe("InvalidGrantException");
  });

  test("is turned down on the page", async () => {
    await setUsers({});
    const client = await portal.register();
    const { deviceCode, userCode } = await portal.startDevice(client);
    const { form, cookie } = await openPage(`/_sso/device?user_code=${String(userCode)}`);
    form.set("user", "ada");
    form.set("answer", "deny");
    expect(await (await send(form, { cookie })).text()).toContain("Turned down");
    const { code, body } = await portal.createToken(client, { grantType: deviceGrant, deviceCode });
    expect([code, body["error"]]).toEqual(["AccessDeniedException", "access_denied"]);
  });

  test("expires after ten minutes", async () => {
    await setUsers({});
    const client = await portal.register();
    const { deviceCode, userCode } = await portal.startDevice(client);
    clock += 10 * minute;
    const { code } = await portal.createToken(client, { grantType: deviceGrant, deviceCode });
    expect(code).toBe("ExpiredTokenException");
    const page = await fetch(`${portal.endpoint}/_sso/device?user_code=${String(userCode)}`);
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining("No sign-in")]);
  });

  test("is not another client's", async () => {
    await setUsers({ approval: "automatic" });
    const { deviceCode } = await portal.startDevice(await portal.register());
    const other = await portal.register();
    const { code } = await portal.createToken(other, { grantType: deviceGrant, deviceCode });
    expect(code).toBe("InvalidGrantException");
  });

  test("needs nobody where a user is signed in automatically, the one that the start URL names", async () => {
    await setUsers({ approval: "automatic" }, { name: "eve", approval: "automatic" });
    expect((await portal.signIn()).tokens["accessToken"]).toBeDefined();
    const client = await portal.register();
    const named = await portal.startDevice(client, "https://d-0.awsapps.com/start?user=nobody");
    const parameters = { grantType: deviceGrant, deviceCode: named["deviceCode"] };
    expect((await portal.createToken(client, parameters)).code).toBe("AccessDeniedException");
  });

  test("is turned down where nobody may sign in", async () => {
    await setUsers({ approval: "denied" });
    const { tokens } = await portal.signIn();
    const words = "The sign-in was turned down.";
    // Botocore reads `message` alone.
    expect(tokens).toEqual({ error: "access_denied", error_description: words, message: words });
  });
});

describe("the code of a redirect", () => {
  test("comes from the page and is good for whoever knows the verifier", async () => {
    await setUsers({});
    const client = await portal.register(codeClient);
    const page = await portal.authorize(client, { code_challenge: challengeOf(verifier) });
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:4711;");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    const cookie = (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const form = await formOf(page);
    form.set("user", "ada");
    form.set("answer", "allow");
    const sent = await send(form, { cookie, origin: portal.endpoint });
    const location = new URL(sent.headers.get("location") ?? "");
    expect(location.origin + location.pathname).toBe(redirectUri);
    expect(location.searchParams.get("state")).toBe("state-1");
    const request = {
      grantType: "authorization_code",
      code: location.searchParams.get("code"),
      redirectUri,
      codeVerifier: verifier,
    };
    expect((await portal.createToken(client, request)).status).toBe(200);
    expect((await portal.createToken(client, request)).code).toBe("InvalidGrantException");
  });

  test.each([
    ["another verifier", { codeVerifier: "w".repeat(64) }],
    ["another redirect", { redirectUri: "http://127.0.0.1:4712/oauth/callback" }],
  ])("is worth nothing with %s, and then not at all", async (_, wrong) => {
    await setUsers({ approval: "automatic" });
    const client = await portal.register(codeClient);
    const sent = await portal.authorize(client, { code_challenge: challengeOf(verifier) });
    const code = new URL(sent.headers.get("location") ?? "").searchParams.get("code");
    const right = { grantType: "authorization_code", code, redirectUri, codeVerifier: verifier };
    const ask = async (request: object) => (await portal.createToken(client, { ...request })).code;
    expect(await ask({ ...right, ...wrong })).toBe("InvalidGrantException");
    expect(await ask(right)).toBe("InvalidGrantException");
  });

  test("is no device code", async () => {
    await setUsers({ approval: "automatic" });
    const client = await portal.register({
      ...codeClient,
      grantTypes: ["authorization_code", deviceGrant],
    });
    const sent = await portal.authorize(client, { code_challenge: challengeOf(verifier) });
    const deviceCode = new URL(sent.headers.get("location") ?? "").searchParams.get("code");
    const { code } = await portal.createToken(client, { grantType: deviceGrant, deviceCode });
    expect(code).toBe("InvalidGrantException");
  });

  test.each([
    ["an address elsewhere", { redirect_uri: "http://example.com/oauth/callback" }],
    ["another path", { redirect_uri: "http://127.0.0.1:4711/elsewhere" }],
    ["a name with this one in it", { redirect_uri: "http://127.0.0.1.example.com/oauth/callback" }],
    ["somebody before the host", { redirect_uri: "http://127.0.0.1@example.com/oauth/callback" }],
    ["an unknown client", { client_id: "unknown" }],
  ])("is sent nowhere for %s", async (_, parameters) => {
    await setUsers({ approval: "automatic" });
    const client = await portal.register(codeClient);
    const all = { code_challenge: challengeOf(verifier), ...parameters };
    const page = await portal.authorize(client, all);
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
  });

  test("is refused to the client without a challenge, and where the sign-in is turned down", async () => {
    await setUsers({ approval: "denied" });
    const client = await portal.register(codeClient);
    const plain = await portal.authorize(client, { code_challenge_method: "plain" });
    expect(plain.headers.get("location")).toBe(
      `${redirectUri}?error=invalid_request&state=state-1`,
    );
    const denied = await portal.authorize(client, { code_challenge: challengeOf(verifier) });
    expect(denied.headers.get("location")).toBe(`${redirectUri}?error=access_denied&state=state-1`);
  });
});

const waiting = async (...others: readonly Partial<SsoUser>[]) => {
  await setUsers({}, ...others);
  const client = await portal.register();
  const { deviceCode, userCode } = await portal.startDevice(client);
  const page = await openPage(`/_sso/device?user_code=${String(userCode)}`);
  page.form.set("user", "ada");
  page.form.set("answer", "allow");
  const ask = () => portal.createToken(client, { grantType: deviceGrant, deviceCode });
  return { ...page, ask };
};

describe("the page", () => {
  test.each<[string, (cookie: string) => Record<string, string>, (form: URLSearchParams) => void]>([
    ["without its cookie", () => ({}), () => {}],
    ["from another site", (cookie) => ({ cookie, origin: "http://example.com" }), () => {}],
    ["without its token", (cookie) => ({ cookie }), (form) => form.delete("token")],
    ["for another code", (cookie) => ({ cookie }), (form) => form.set("user_code", "BBBB-BBBB")],
  ])("takes no answer %s", async (_, headers, change) => {
    const { form, cookie, ask } = await waiting();
    change(form);
    expect((await send(form, headers(cookie))).status).toBe(403);
    clock += 1000;
    expect((await ask()).code).toBe("AuthorizationPendingException");
  });

  test("has browsers send their origin with the answer, and takes it from no other", async () => {
    const { userCode } = await portal.startDevice(await portal.register());
    const shown = await fetch(`${portal.endpoint}/_sso/device?user_code=${String(userCode)}`);
    // With `no-referrer` the Fetch standard has them send `null`.
    expect(shown.headers.get("referrer-policy")).toBe("same-origin");
    const { form, cookie } = await waiting();
    expect((await send(form, { cookie, origin: "null" })).status).toBe(403);
    expect((await send(form, { cookie, origin: portal.endpoint })).status).toBe(200);
  });

  test.each(["mallory", "eve"])(
    "signs %s not in, who is not there or turned down",
    async (name) => {
      const { form, cookie, ask } = await waiting({ name: "eve", approval: "denied" });
      form.set("user", name);
      await send(form, { cookie });
      expect((await ask()).code).toBe("AccessDeniedException");
    },
  );

  test("asks for the code when it is not in the address", async () => {
    const page = await fetch(`${portal.endpoint}/_sso/device`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('name="user_code"'),
    ]);
  });

  test("is not shown under a name that leads here", async () => {
    const { status, text } = await server.send({
      path: "/_sso/device",
      credentials: null,
      headers: { host: "rebound.example.com" },
    });
    expect([status, text]).toEqual([403, expect.stringContaining("rebound.example.com")]);
  });
});

test.each([
  ["through a proxy that is trusted", ["127.0.0.1"], "x-forwarded-for"],
  ["through one that is not", [], "x-forwarded-for"],
  ["through one that tells nobody's address", [], "via"],
])("people elsewhere approve nothing: %s", async (_, trustedProxies, header) => {
  const proxied = await TestServer.start({ trustedProxies });
  try {
    const client = new PortalClient(proxied);
    const { userCode } = await client.startDevice(await client.register());
    const page = await fetch(`${client.endpoint}/_sso/device?user_code=${String(userCode)}`, {
      headers: { [header]: header === "via" ? "1.1 proxy" : "198.51.100.7" },
    });
    expect([page.status, await page.text()]).toEqual([
      403,
      expect.stringContaining("Not from here"),
    ]);
  } finally {
    await proxied.close();
  }
});

describe("clients", () => {
  test.each([
    [
      "of a type that is not public",
      { clientType: "confidential" },
      "InvalidClientMetadataException",
    ],
    [
      "with a redirect elsewhere",
      { redirectUris: ["https://example.com/"] },
      "InvalidRedirectUriException",
    ],
    [
      "with an unknown way of asking",
      { grantTypes: ["password"] },
      "UnsupportedGrantTypeException",
    ],
    ["without a name", { clientName: "" }, "InvalidRequestException"],
    ["that say too much", { scopes: ["x".repeat(5000)] }, "InvalidRequestException"],
  ])("%s are refused", async (_, more, code) => {
    const body = { clientName: "a program", clientType: "public", ...more };
    expect((await portal.post("/client/register", body)).code).toBe(code);
  });

  test("are known by id and secret together, for ninety days", async () => {
    const one = await portal.register();
    const other = await portal.register();
    const start = (client: object) =>
      portal.post("/device_authorization", {
        ...client,
        startUrl: "https://d-0.awsapps.com/start",
      });
    const mixed = await start({ ...one, clientSecret: other.clientSecret });
    expect([mixed.status, mixed.code]).toEqual([401, "InvalidClientException"]);
    expect((await start({ ...one, clientId: "x" })).code).toBe("InvalidClientException");
    expect((await start(one)).status).toBe(200);
    const before = clock;
    clock += 90 * 24 * 60 * minute;
    expect((await start(one)).code).toBe("InvalidClientException");
    clock = before;
  });

  test("ask only in the ways that they have registered for", async () => {
    const client = await portal.register();
    const { code } = await portal.createToken(client, { grantType: "authorization_code" });
    expect(code).toBe("UnauthorizedClientException");
    expect((await portal.createToken(client, { grantType: "password" })).code).toBe(
      "UnsupportedGrantTypeException",
    );
  });

  test("that send no JSON are told so", async () => {
    const answer = await fetch(`${portal.endpoint}/token`, { method: "POST", body: "{" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-amzn-errortype")).toBe("InvalidRequestException");
  });
});

test("buckets with the portal's names are buckets", async () => {
  await server.send({ method: "PUT", path: "/authorize", now: new Date(clock) });
  const anonymous = await server.send({ path: "/authorize", credentials: null });
  expect(anonymous.code).toBe("AccessDenied");
  const missing = await server.send({ path: "/assignment/accounts", credentials: null });
  expect(missing.code).toBe("NoSuchBucket");
  const signed = await server.send({ path: "/authorize", now: new Date(clock) });
  expect(signed.status).toBe(200);
});
