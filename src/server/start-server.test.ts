import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultDisk } from "../engine/testing-fixtures/fault-disk.ts";
import { noise, TestServer } from "./testing-fixtures/test-server.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sms-storage-server-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("what was acknowledged is there after a restart", async () => {
  const body = noise(200_000);
  const first = await TestServer.start({ directory, durability: "durable" });
  await first.send({ method: "PUT", path: "/bkt" });
  await first.send({ method: "PUT", path: "/bkt/small", body: "small" });
  await first.send({ method: "PUT", path: "/bkt/large", body });
  await first.close();
  const second = await TestServer.start({ directory, durability: "durable" });
  expect((await second.send({ path: "/bkt/small" })).text).toBe("small");
  expect((await second.send({ path: "/bkt/large" })).body.equals(body)).toBe(true);
  await second.close();
});

test("a full disk refuses the upload, keeps the old object and goes on serving", async () => {
  const disk = new FaultDisk();
  const server = await TestServer.start({ directory, durability: "durable", disk });
  await server.send({ method: "PUT", path: "/bkt" });
  const old = noise(100_000);
  await server.send({ method: "PUT", path: "/bkt/k", body: old });
  disk.fail("write", "ENOSPC");
  const refused = await server.send({ method: "PUT", path: "/bkt/k", body: noise(100_000) });
  expect(refused).toMatchObject({ status: 503, code: "ServiceUnavailable" });
  expect(server.events.some(({ kind }) => kind === "failure")).toBe(true);
  expect((await server.send({ path: "/bkt/k" })).body.equals(old)).toBe(true);
  disk.heal();
  expect((await server.send({ method: "PUT", path: "/bkt/k", body: "new" })).status).toBe(200);
  await server.close();
});

test("damaged and missing bytes: 500, in the log, and no copy that vouches for them", async () => {
  const server = await TestServer.start({ directory, durability: "durable" });
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: noise(100_000) });
  const names = await readdir(join(directory, "blobs"), { recursive: true });
  const path = names.find((name) => /[0-9a-f]{32}$/.test(name)) ?? "";
  const file = join(directory, "blobs", path);
  await writeFile(file, noise(100_000).fill(0, 90_000));
  const headers = { "x-amz-copy-source": "/bkt/k", "x-amz-checksum-algorithm": "SHA256" };
  const failed = { status: 500, code: "InternalError" };
  expect(await server.send({ method: "PUT", path: "/bkt/copy", headers })).toMatchObject(failed);
  expect(await server.send({ path: "/bkt/k", headers: { range: "bytes=99000-" } })).toMatchObject(
    failed,
  );
  expect(server.events.filter(({ kind }) => kind === "failure")).toMatchObject([
    { error: { message: expect.stringContaining("is damaged") } },
    { error: { message: expect.stringContaining("is damaged") } },
  ]);
  await rm(file);
  expect((await server.send({ method: "HEAD", path: "/bkt/k" })).status).toBe(500);
  const plainCopy = { "x-amz-copy-source": "/bkt/k" };
  expect(await server.send({ method: "PUT", path: "/bkt/copy", headers: plainCopy })).toMatchObject(
    failed,
  );
  expect((await server.send({ method: "HEAD", path: "/bkt/copy" })).status).toBe(404);
  await server.close();
});

test("an object that cannot be read to its end is never passed off as whole", async () => {
  const disk = new FaultDisk();
  const server = await TestServer.start({ directory, durability: "durable", disk });
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/k", body: noise(500_000) });
  disk.fail("read", "EIO");
  expect(await server.send({ path: "/bkt/k" })).toMatchObject({
    status: 500,
    code: "InternalError",
  });
  disk.heal();
  // Larger than what the sockets between can hold, so that reading is under way when it fails.
  await server.send({ method: "PUT", path: "/bkt/big", body: noise(24_000_000) });
  const socket = connect(server.server.port, "127.0.0.1");
  let received = 0;
  socket.on("error", () => {});
  socket.write(server.head({ path: "/bkt/big" }));
  await once(socket, "readable");
  disk.fail("read", "EIO");
  socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(socket, "close");
  expect(received).toBeLessThan(24_000_000);
  disk.heal();
  expect((await server.send({ path: "/bkt/k" })).body).toHaveLength(500_000);
  await server.close();
});

test("a second server on the same directory is refused", async () => {
  const server = await TestServer.start({ directory, durability: "durable" });
  await expect(TestServer.start({ directory, durability: "durable" })).rejects.toMatchObject({
    name: "StorageError",
    code: "Conflict",
  });
  await server.close();
});
