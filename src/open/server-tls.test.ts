import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificate } from "../server/tls/make-certificate.ts";
import { loadServerTls } from "./server-tls.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "server-tls-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const load = (host = "127.0.0.1") => loadServerTls({ selfSigned: true }, directory, host);

test("a made certificate is for this machine, private, and kept", async () => {
  const first = await load();
  const certificate = new X509Certificate(first.cert);
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.checkHost("bucket.s3.localhost")).toBeDefined();
  const authority = new X509Certificate(await readFile(first.caFile ?? ""));
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect((await stat(join(directory, "tls/server.pem"))).mode & 0o777).toBe(0o600);
  expect(await load()).toEqual(first);
});

test("it is made anew for another name", async () => {
  const first = await load();
  const second = await load("192.0.2.7");
  expect(second.cert).not.toBe(first.cert);
  expect(new X509Certificate(second.cert).checkIP("192.0.2.7")).toBe("192.0.2.7");
});

test("and before it ends, or when it cannot be read", async () => {
  const { caFile = "", cert: first } = await load();
  const { subjectAltName = "" } = new X509Certificate(first);
  const names = subjectAltName.split(", ").map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
  const kept = join(directory, "tls/server.pem");
  const from = new Date();
  const until = new Date(from.getTime() + 86_400_000);
  const old = makeCertificate({ names, from, until, randomBytes });
  for (const text of [old.certificate + old.key, "nonsense"]) {
    await writeFile(kept, text);
    await writeFile(caFile, old.authority);
    const { cert } = await load();
    expect(cert).not.toBe(text);
    const authority = new X509Certificate(await readFile(caFile));
    expect(new X509Certificate(cert).verify(authority.publicKey)).toBe(true);
  }
});

test("and when its authority is not the one that clients are told to trust", async () => {
  const { caFile = "", cert: first } = await load();
  const from = new Date();
  const other = makeCertificate({ names: ["x"], from, until: from, randomBytes });
  await writeFile(caFile, other.authority);
  expect((await load()).cert).not.toBe(first);
});

test("a key of another certificate is refused", async () => {
  const { cert } = await load();
  const other = (await load("192.0.2.7")).key;
  const [certFile, keyFile] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  await writeFile(certFile, cert);
  await writeFile(keyFile, other.slice(other.indexOf("-----BEGIN PRIVATE")));
  await expect(loadServerTls({ certFile, keyFile }, directory, "x")).rejects.toMatchObject({
    code: "ConfigurationError",
    message: expect.stringContaining("key values mismatch"),
  });
});
