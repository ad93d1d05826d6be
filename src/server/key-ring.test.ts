import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import type { SessionGrant } from "./sts/session-grant.ts";
import { SessionTokens } from "./sts/session-tokens.ts";
import { keys, TestServer, type WireResponse } from "./testing-fixtures/test-server.ts";

const accountId = "111122223333";
const hour = 3_600_000;
let server: TestServer;
let tokens: SessionTokens;
let clock: number;
beforeAll(async () => {
  clock = Date.now();
  server = await TestServer.start({ now: () => new Date(clock) });
  tokens = new SessionTokens(server.server.engine.secrets);
  await server.send({ method: "PUT", path: "/bucket" });
});
afterAll(() => server.close());

function grantOf(changes: Partial<SessionGrant> = {}): SessionGrant {
  return {
    accessKeyId: "ASIANEWSESSION000000",
    secretAccessKey: "secret of the session",
    accountId,
    principal: { kind: "role", name: "Developer", id: "AROAAAAAAAAAAAAAAAAA", session: "eve" },
    issuedAt: clock,
    expiresAt: clock + hour,
    ...changes,
  };
}

function credentialsOf(grant: SessionGrant, sessionToken = tokens.issue(grant)): Credentials {
  const { accessKeyId, secretAccessKey } = grant;
  return { accessKeyId, secretAccessKey, sessionToken };
}

const call = (credentials: Credentials, more: object = {}): Promise<WireResponse> =>
  server.send({ path: "/bucket", credentials, now: new Date(clock), ...more });

const identify = (credentials: Credentials): Promise<WireResponse> =>
  call(credentials, {
    method: "POST",
    path: "/",
    service: "sts",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });

const listKeys = (credentials: Credentials): Promise<WireResponse> =>
  call(credentials, {
    method: "POST",
    path: "/",
    service: "kms",
    headers: { "x-amz-target": "TrentService.ListKeys" },
    body: "{}",
  });

describe("a session token", () => {
  test("lets its keys in as the session that it says", async () => {
    const credentials = credentialsOf(grantOf());
    expect((await call(credentials)).status).toBe(200);
    const { text } = await identify(credentials);
    expect(text).toContain(`<Arn>arn:aws:sts::${accountId}:assumed-role/Developer/eve</Arn>`);
    expect(text).toContain("<UserId>AROAAAAAAAAAAAAAAAAA:eve</UserId>");
  });

  test("also lets a presigned link in", async () => {
    const credentials = credentialsOf(grantOf());
    const query = server.presign({ path: "/bucket", credentials, now: new Date(clock) });
    const linked = await server.send({ path: "/bucket", query, credentials: null });
    expect(linked.status).toBe(200);
  });

  test("limits its keys to its own policies, whatever the role may do", async () => {
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "s3:ListBucket", Resource: "*" },
    });
    const credentials = credentialsOf(grantOf({ policies: [policy] }));
    expect((await call(credentials)).status).toBe(200);
    const refused = await call(credentials, { query: "versioning" });
    expect(refused.code).toBe("AccessDenied");
    expect(refused.text).toContain(
      "because no session policy allows the s3:GetBucketVersioning action",
    );
  });

  test("of a user stands for the user, and of the root user for it", async () => {
    const user = { kind: "user", name: "admin", id: "AIDAADMINAAAAAAAAAAA" } as const;
    const ofUser = await identify(credentialsOf(grantOf({ principal: user })));
    expect(ofUser.text).toContain(`<Arn>arn:aws:iam::${accountId}:user/admin</Arn>`);
    const ofRoot = await identify(credentialsOf(grantOf({ principal: { kind: "root" } })));
    expect(ofRoot.text).toContain(`<Arn>arn:aws:iam::${accountId}:root</Arn>`);
  });

  test("of a federated user without policies allows nothing", async () => {
    const user = { name: "admin", id: "AIDAADMINAAAAAAAAAAA" };
    const principal = { kind: "federated-user", name: "guest", user } as const;
    const credentials = credentialsOf(grantOf({ principal }));
    const { text } = await identify(credentials);
    expect(text).toContain(`<Arn>arn:aws:sts::${accountId}:federated-user/guest</Arn>`);
    expect(text).toContain(`<UserId>${accountId}:guest</UserId>`);
    expect((await call(credentials)).code).toBe("AccessDenied");
  });
});

function changed(token: string): string {
  return `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
}

describe("a session token that is not right", () => {
  const forged: readonly (readonly [string, (token: string) => string])[] = [
    ["changed in its first letter", changed],
    ["changed in the middle", (token) => token.slice(0, 80) + changed(token.slice(80))],
    ["cut short", (token) => token.slice(0, -4)],
    ["cut to a letter", () => "x"],
    ["with something at its end", (token) => `${token}AAAA`],
    ["in another spelling", (token) => `${token}=`],
    ["made up", () => "session-token"],
  ];
  test.each(forged)("%s is refused by every service", async (_, forge) => {
    const grant = grantOf();
    const credentials = credentialsOf(grant, forge(tokens.issue(grant)));
    const answered = await call(credentials);
    expect([answered.status, answered.code]).toEqual([400, "InvalidToken"]);
    const bySts = await identify(credentials);
    expect([bySts.status, bySts.code]).toEqual([403, "InvalidClientTokenId"]);
    const byKms = await listKeys(credentials);
    expect([byKms.status, byKms.text]).toEqual([
      400,
      expect.stringContaining("UnrecognizedClientException"),
    ]);
  });

  test("of another store is refused", async () => {
    const other = await TestServer.start();
    try {
      const theirs = new SessionTokens(other.server.engine.secrets).issue(grantOf());
      expect((await call(credentialsOf(grantOf(), theirs))).code).toBe("InvalidToken");
    } finally {
      await other.close();
    }
  });

  test("of other keys is refused, also with keys that need none", async () => {
    const token = tokens.issue(grantOf({ accessKeyId: "ASIAOTHER00000000000" }));
    expect((await call(credentialsOf(grantOf(), token))).code).toBe("InvalidToken");
    expect((await call({ ...keys.session, sessionToken: token })).code).toBe("InvalidToken");
    expect((await call({ ...keys.admin, sessionToken: token })).code).toBe("InvalidToken");
    const unknown = { accessKeyId: "AKIAUNKNOWN000000000", secretAccessKey: "x" };
    expect((await call({ ...unknown, sessionToken: token })).code).toBe("InvalidAccessKeyId");
  });

  test("whose keys come without it does not exist", async () => {
    const { accessKeyId, secretAccessKey } = grantOf();
    expect((await call({ accessKeyId, secretAccessKey })).code).toBe("InvalidAccessKeyId");
    const bySts = await identify({ accessKeyId, secretAccessKey });
    expect(bySts.code).toBe("InvalidClientTokenId");
  });

  test("with another secret is not told that the token is good", async () => {
    const credentials = { ...credentialsOf(grantOf()), secretAccessKey: "another" };
    expect((await call(credentials)).code).toBe("SignatureDoesNotMatch");
  });

  test.each([
    [
      "a role that is gone",
      { kind: "role", name: "Gone", id: "AROAAAAAAAAAAAAAAAAA", session: "x" },
    ],
    [
      "a role that was made anew",
      { kind: "role", name: "Developer", id: "AROABBBBBBBBBBBBBBBB", session: "x" },
    ],
    ["a user that was made anew", { kind: "user", name: "admin", id: "AIDABBBBBBBBBBBBBBBB" }],
  ] as const)("of %s is refused", async (_, principal) => {
    const credentials = credentialsOf(grantOf({ principal }));
    expect((await call(credentials)).code).toBe("InvalidToken");
    expect((await identify(credentials)).code).toBe("InvalidClientTokenId");
  });
});

test("the clock says whether a token is good, wherever it jumps: from its issue to its end", async () => {
  const start = clock;
  try {
    const credentials = credentialsOf(grantOf());
    const answers = async (): Promise<readonly (string | undefined)[]> => {
      const byKms = await listKeys(credentials);
      const kmsCode = /"__type":"(\w+)"/.exec(byKms.text)?.[1];
      return [(await call(credentials)).code, (await identify(credentials)).code, kmsCode];
    };
    const good = [undefined, undefined, undefined];
    const over = ["ExpiredToken", "ExpiredToken", "ExpiredTokenException"];
    expect(await answers()).toEqual(good);
    clock = start + hour - 1;
    expect(await answers()).toEqual(good);
    clock = start + hour;
    expect(await answers()).toEqual(over);
    clock = start - hour / 4;
    expect(await answers()).toEqual(good);
    // Issued by a clock that was ahead: put right, it would be good for a thousand hours.
    clock = start - 1000 * hour;
    expect(await answers()).toEqual(over);
    clock = start + 1000 * hour;
    expect(await answers()).toEqual(over);
  } finally {
    clock = start;
  }
});
