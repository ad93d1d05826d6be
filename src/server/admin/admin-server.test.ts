import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeDisk } from "../../engine/node-disk.ts";
import { TestServer } from "../testing-fixtures/test-server.ts";

let folder: string;
let server: TestServer;
let freeBytes: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "admin-"));
  freeBytes = 10 * 2 ** 30;
  server = await TestServer.start({
    durability: "durable",
    directory: join(folder, "store"),
    disk: { ...nodeDisk, freeBytes: async () => await Promise.resolve(freeBytes) },
    admin: { port: 0 },
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function ask(path: string, method = "GET") {
  const response = await fetch(`${server.server.adminEndpoint}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

async function readiness() {
  const { status, text } = await ask("/readyz");
  const { checks } = JSON.parse(text) as {
    checks: { name: string; ok: boolean; detail: string }[];
  };
  return { status, failed: checks.filter(({ ok }) => !ok) };
}

it("answers while it lives, and nothing else than it says", async () => {
  expect(server.server.adminEndpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await ask("/livez")).toEqual({ status: 200, text: "ok\n" });
  expect(await ask("/livez", "HEAD")).toEqual({ status: 200, text: "" });
  expect((await ask("/livez", "POST")).status).toBe(405);
  expect((await ask("/data")).status).toBe(404);
});

it("is ready, and says what is wrong when it is not", async () => {
  expect(await readiness()).toEqual({ status: 200, failed: [] });
  freeBytes = 100 * 2 ** 20;
  expect(await readiness()).toMatchObject({
    status: 503,
    failed: [{ name: "disk", detail: expect.stringContaining("Nearly full: 100 MiB are free") }],
  });
  freeBytes = 10 * 2 ** 30;
  await rename(join(folder, "store", "lock"), join(folder, "moved"));
  expect(await readiness()).toMatchObject({ status: 503, failed: [{ name: "lock" }] });
  await rename(join(folder, "moved"), join(folder, "store", "lock"));
  expect((await readiness()).status).toBe(200);
});

it("counts requests, bytes and transactions for Prometheus", async () => {
  await server.send({ method: "PUT", path: "/data" });
  await server.send({ method: "PUT", path: "/data/a", body: "12345" });
  await server.send({ path: "/data/a" });
  await server.send({ path: "/data/none" });
  const { text } = await ask("/metrics");
  const value = (name: string) => {
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  };
  expect(value('sms_storage_requests_total{operation="PutObject",status="200"}')).toBe(1);
  expect(value('sms_storage_requests_total{operation="GetObject",status="200"}')).toBe(1);
  expect(value('sms_storage_requests_total{operation="GetObject",status="404"}')).toBe(1);
  const duration = "sms_storage_request_duration_seconds";
  expect(value(`${duration}_count{operation="GetObject"}`)).toBe(2);
  expect(value(`${duration}_bucket{operation="GetObject",le="+Inf"}`)).toBe(2);
  expect(value("sms_storage_received_bytes_total")).toBe(5);
  expect(value("sms_storage_sent_bytes_total")).toBeGreaterThan(5);
  expect(value("sms_storage_requests_in_flight")).toBe(0);
  expect(value("sms_storage_disk_free_bytes")).toBe(freeBytes);
  expect(value("sms_storage_index_bytes")).toBeGreaterThan(0);
  expect(value("sms_storage_index_transactions_total")).toBeGreaterThanOrEqual(2);
  expect(value("sms_storage_read_only")).toBe(0);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(0);
  // Each family has its lines together, after its help and type.
  for (const line of text.trimEnd().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  }
});

it("tells a taken port in a sentence, and leaves nothing open", async () => {
  const port = Number(new URL(server.server.adminEndpoint ?? "").port);
  await expect(TestServer.start({ admin: { port } })).rejects.toMatchObject({
    code: "ConfigurationError",
    message: `Port ${port} on 127.0.0.1 is already in use.`,
  });
});
