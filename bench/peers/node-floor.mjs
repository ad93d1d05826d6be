// @ts-check
// What node takes for the part of a download that is left of any server in it: to read a file, to decrypt it and
// to write it to a connection whose other end throws it away.
// Run by itself, since buffers cost the more the larger the heap is: node bench/peers/node-floor.mjs FILE [decrypts]
import { execFileSync, spawn } from "node:child_process";
import { createDecipheriv } from "node:crypto";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const readBytes = 1024 * 1024;
/** As the embedded server encrypts: each with a tag of its own. */
const blockBytes = 65_536;
const reader = `
  const socket = require("node:net").connect(Number(process.argv[1]), "127.0.0.1");
  socket.resume();
`;

const own = fileURLToPath(import.meta.url);

/**
 * CPU seconds for each GiB, of a process of its own.
 * @param {string} path a file of at least 1 MiB
 * @param {{ decrypts: boolean }} how
 */
export function nodeFloor(path, { decrypts }) {
  const args = [own, path, ...(decrypts ? ["decrypts"] : [])];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 120_000 }));
}

/**
 * @param {string} path
 * @param {boolean} decrypts
 */
async function sendFile(path, decrypts) {
  const file = await open(path);
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = spawn(process.execPath, ["--eval", reader, String(port)], { stdio: "ignore" });
  try {
    const [socket] = await once(server, "connection");
    const { size } = await file.stat();
    const chunks = Math.floor(size / readBytes);
    const before = process.cpuUsage();
    for (let chunk = 0; chunk < chunks; chunk += 1) await sendChunk(socket, file, chunk, decrypts);
    const { user, system } = process.cpuUsage(before);
    socket.destroy();
    return ((user + system) / 1e6) * (1024 / chunks);
  } finally {
    client.kill();
    server.close();
    await file.close();
  }
}

const buffer = Buffer.allocUnsafeSlow(readBytes);
const key = Buffer.alloc(32, 1);
const nonce = Buffer.alloc(12);

/**
 * @param {import("node:net").Socket} socket
 * @param {import("node:fs/promises").FileHandle} file
 * @param {number} chunk
 * @param {boolean} decrypts
 */
async function sendChunk(socket, file, chunk, decrypts) {
  await file.read(buffer, 0, readBytes, chunk * readBytes);
  socket.cork();
  for (let at = 0; at < readBytes; at += blockBytes) {
    const block = buffer.subarray(at, at + blockBytes);
    socket.write(decrypts ? createDecipheriv("aes-256-gcm", key, nonce).update(block) : block);
  }
  // Taken before the buffer is read into again.
  await new Promise((resolve) => {
    socket.write("", resolve);
    socket.uncork();
  });
}

if (process.argv[1] === own) {
  const [path = "", how] = process.argv.slice(2);
  console.log(await sendFile(path, how === "decrypts"));
}
