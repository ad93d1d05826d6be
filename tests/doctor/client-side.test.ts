import { mkdtemp, mkdir, rm, writeFile, chmod, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  loopbackCertificate,
  loopbackKey,
} from "../../src/client/testing-fixtures/loopback-certificate.ts";
import type { ExchangeEvent } from "../../src/core/exchange-event.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith, fixAll, type Patient } from "./examine-with.ts";

// Causes that only the client's side can show, with real files and sockets: each is named first, and
// what the remedy says cures it.

let server: TestServer;
let folder: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.faults.set([]);
});

afterAll(async () => {
  for (const close of closers) close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is found, in the order in which it is told. */
async function foundIn(patient: Patient): Promise<string[]> {
  return (await examineWith(patient)).findings.map(({ id }) => id);
}

const withEndpoint = (endpoint: string, more: Environment = {}): Patient => ({
  environment: { ...server.env, STORAGE_S3_ENDPOINT_URL: endpoint, ...more },
});

const cured = (): Patient => ({ environment: server.env });

/** Only the chain's own places: none of this machine's. */
function ownHome(more: Environment = {}): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  const own = {
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    ...more,
  };
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
}

/** The settings without keys, so that AWS's chain is asked. */
function keyless(more: Environment = {}): Environment {
  const {
    STORAGE_S3_ACCESS_KEY_ID: _id,
    STORAGE_S3_SECRET_ACCESS_KEY: _secret,
    ...rest
  } = server.env;
  return { ...rest, ...more };
}

async function listening(listener: Server): Promise<number> {
  listener.listen(0, "0.0.0.0");
  await once(listener, "listening");
  closers.push(() => listener.close());
  return (listener.address() as AddressInfo).port;
}

/** The server's port behind TLS. */
async function behindTls(): Promise<number> {
  const target = Number(new URL(server.endpoint).port);
  const options = { cert: loopbackCertificate, key: loopbackKey };
  const front = createTlsServer(options, (socket) => {
    const back = connect(target, "127.0.0.1");
    const end = () => [socket, back].forEach((each) => each.destroy());
    socket
      .on("error", end)
      .on("close", end)
      .pipe(back)
      .on("error", end)
      .on("close", end)
      .pipe(socket);
  });
  front.on("tlsClientError", () => undefined);
  return listening(front);
}

test("nothing is found where all is well", async () => {
  const { layers, findings } = await examineWith(cured());
  expect(findings).toEqual([]);
  expect(layers.filter(({ status }) => status === "broken" || status === "not-reached")).toEqual(
    [],
  );
});

test("D52: a host that does not resolve; cured by one that does", async () => {
  const diagnosis = await examineWith(withEndpoint("http://no-such-host.invalid:9000"));
  expect(diagnosis.findings[0]?.id).toBe("D52");
  const after = diagnosis.layers.slice(1).map(({ status }) => status);
  expect(new Set(after)).toEqual(new Set(["not-reached"]));
  expect(await foundIn(cured())).toEqual([]);
});

test("D51: a port where nothing listens, or a proxy that is not there; cured by the right port, and no proxy", async () => {
  expect((await foundIn(withEndpoint("http://127.0.0.1:1")))[0]).toBe("D51");
  const proxied = withEndpoint("http://store.example:9000", { HTTP_PROXY: "http://127.0.0.1:1" });
  const [first] = (await examineWith(proxied)).findings;
  expect(first?.id).toBe("D51");
  expect(first?.evidence).toContain("a proxy is set");
  expect(await foundIn(cured())).toEqual([]);
});

test("D49: an authority that is not known; cured by naming its file", async () => {
  const endpoint = `https://127.0.0.1:${await behindTls()}`;
  expect((await foundIn(withEndpoint(endpoint)))[0]).toBe("D49");
  const file = join(folder, "authority.pem");
  await writeFile(file, loopbackCertificate);
  expect(await foundIn(withEndpoint(endpoint, { STORAGE_S3_CA_FILE: file }))).toEqual([]);
});

test("D50: a certificate for another name; cured by the name that stands in it", async () => {
  const port = await behindTls();
  const file = join(folder, "authority.pem");
  await writeFile(file, loopbackCertificate);
  const trusting = { STORAGE_S3_CA_FILE: file };
  expect((await foundIn(withEndpoint(`https://127.0.0.2:${port}`, trusting)))[0]).toBe("D50");
  expect(await foundIn(withEndpoint(`https://127.0.0.1:${port}`, trusting))).toEqual([]);
});

test("D63: https to a port that speaks http; cured by writing http", async () => {
  expect((await foundIn(withEndpoint(server.endpoint.replace("http:", "https:"))))[0]).toBe("D63");
  expect(await foundIn(cured())).toEqual([]);
});

test("D41: a clock that is two hours off; cured by setting it", async () => {
  server.faults.set([{ fault: "clock-skew", seconds: 7200 }]);
  expect((await foundIn(cured()))[0]).toBe("D41");
  server.faults.set([]);
  expect(await foundIn(cured())).toEqual([]);
});

test("D65: a clock that is two minutes off; cured by setting it", async () => {
  server.faults.set([{ fault: "clock-skew", seconds: 120 }]);
  const diagnosis = await examineWith(cured());
  expect(diagnosis.findings[0]?.id).toBe("D65");
  expect(diagnosis.layers.some(({ status }) => status === "broken")).toBe(false);
  server.faults.set([]);
  expect(await foundIn(cured())).toEqual([]);
});

test("D66: a part of the keys in .env; cured by --fix, which turns it into comments", async () => {
  const envFile = join(folder, "partial.env");
  await writeFile(envFile, "STORAGE_S3_ACCESS_KEY_ID=ASIAXXXXXXXXXXXXXXXX\n# mine\n", {
    mode: 0o600,
  });
  const keys = server.credentials;
  ownHome({ AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey });
  const patient = { environment: keyless(), envFile };
  const diagnosis = await examineWith(patient);
  expect(diagnosis.findings[0]?.id).toBe("D66");
  expect(await fixAll(patient, diagnosis)).toHaveLength(1);
  expect(await readFile(envFile, "utf8")).toBe(
    "# STORAGE_S3_ACCESS_KEY_ID=ASIAXXXXXXXXXXXXXXXX\n# mine\n",
  );
  expect(await foundIn(patient)).toEqual([]);
});

test("D67: a .env that others may read; cured by --fix, which keeps it private", async () => {
  const envFile = join(folder, "open.env");
  await writeFile(envFile, "STORAGE_RETRY_SECONDS=5\n");
  await chmod(envFile, 0o644);
  const patient = { environment: server.env, envFile };
  const diagnosis = await examineWith(patient);
  expect(diagnosis.findings[0]?.id).toBe("D67");
  await fixAll(patient, diagnosis);
  expect((await stat(envFile)).mode & 0o777).toBe(0o600);
  expect(await foundIn(patient)).toEqual([]);
});

test("D42: no credentials anywhere; cured by keys in the settings", async () => {
  ownHome();
  expect((await foundIn({ environment: keyless() }))[0]).toBe("D42");
  expect(await foundIn(cured())).toEqual([]);
});

test("D46: a profile that is not there; cured by making it", async () => {
  ownHome();
  expect((await foundIn({ environment: keyless({ AWS_PROFILE: "nobody" }) }))[0]).toBe("D46");
  const keys = server.credentials;
  await writeFile(
    join(folder, "credentials"),
    `[nobody]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
  );
  expect(await foundIn({ environment: keyless({ AWS_PROFILE: "nobody" }) })).toEqual([]);
});

test("a session of SSO that is over, one that AWS ended, and one without the role are told apart", async () => {
  let answer = {
    status: 401,
    type: "UnauthorizedException",
    message: "Session token not found or invalid",
  };
  const portal = createServer((_request, response) => {
    response.writeHead(answer.status, {
      "Content-Type": "application/json",
      "x-amzn-ErrorType": answer.type,
    });
    response.end(JSON.stringify({ message: answer.message }));
  });
  ownHome({ AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${await listening(portal)}` });
  await writeFile(
    join(folder, "config"),
    "[profile lab]\nsso_session = lab\nsso_account_id = 111122223333\nsso_role_name = Scientist\n" +
      "region = us-east-1\n[sso-session lab]\nsso_start_url = https://lab.awsapps.com/start\n" +
      "sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
  );
  const patient = { environment: keyless({ AWS_PROFILE: "lab" }) };
  await signIn(-3_600_000);
  expect((await foundIn(patient))[0]).toBe("D43");
  await signIn(3_600_000);
  expect((await foundIn(patient))[0]).toBe("D44");
  answer = { status: 403, type: "ForbiddenException", message: "No access" };
  expect((await foundIn(patient))[0]).toBe("D45");
});

/** A token in SSO's cache, as a sign-in leaves it. */
async function signIn(endsInMs: number): Promise<void> {
  const cache = join(folder, ".aws", "sso", "cache");
  await mkdir(cache, { recursive: true });
  const name = createHash("sha1").update("lab").digest("hex");
  const expiresAt = new Date(Date.now() + endsInMs).toISOString();
  await writeFile(join(cache, `${name}.json`), JSON.stringify({ accessToken: "t", expiresAt }));
}

test("D68: a number of seconds that is none; cured by one that is", async () => {
  const wrong = { ...server.env, STORAGE_RETRY_SECONDS: "soon" };
  const [first] = (await examineWith({ environment: wrong })).findings;
  expect(first?.id).toBe("D68");
  expect(first?.symptom).toContain("STORAGE_RETRY_SECONDS");
  expect(await foundIn(cured())).toEqual([]);
});

test("D40: a secret that is not the key's; cured by the one that is", async () => {
  const environment = { ...server.env, STORAGE_S3_SECRET_ACCESS_KEY: "not-it" };
  expect((await foundIn({ environment }))[0]).toBe("D40");
  expect(await foundIn(cured())).toEqual([]);
});

test("D48: a key that STS does not know; cured by one that it does", async () => {
  const environment = { ...server.env, STORAGE_S3_ACCESS_KEY_ID: "AKIAUNKNOWN000000000" };
  expect((await foundIn({ environment }))[0]).toBe("D48");
  expect(await foundIn(cured())).toEqual([]);
});

test("D69: keys of another account than expected; cured by keys of that account", async () => {
  expect((await foundIn({ environment: server.env, expectedAccount: "999900009999" }))[0]).toBe(
    "D69",
  );
  expect(await foundIn({ environment: server.env, expectedAccount: server.accountId })).toEqual([]);
});

test("D25: a bucket that nobody made, behind which nothing is reached; cured by making it", async () => {
  const environment = { ...server.env, STORAGE_S3_BUCKET: "nobody-made-it" };
  const diagnosis = await examineWith({ environment });
  expect(diagnosis.findings[0]?.id).toBe("D25");
  expect(diagnosis.layers.at(-1)?.status).toBe("not-reached");
  await server.createBucket("nobody-made-it");
  expect(await foundIn({ environment })).toEqual([]);
});

test("a healthy bucket costs few requests and keeps nothing of ours", async () => {
  await server.service.uploadBytes("x", "kept.txt");
  const calls: string[] = [];
  const onExchange = (event: ExchangeEvent) => {
    if (event.type === "request") calls.push(event.operation);
  };
  expect(await foundIn({ ...cured(), onExchange })).toEqual([]);
  // Of which a dozen read the policies of caller and bucket, to judge them.
  expect(calls.length).toBeLessThanOrEqual(40);
  expect((await server.store().listObjects({})).objects.map(({ key }) => key)).toEqual([
    "kept.txt",
  ]);
});
