import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChunkSigner } from "../protocol/payload/chunk-signer.ts";
import { signForChunks } from "../protocol/sigv4/testing-fixtures/sign-for-chunks.ts";
import { keys, noise, TestServer, type WireResponse } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

async function stored(path: string): Promise<string | undefined> {
  const answer = await server.send({ path });
  return answer.status === 200 ? answer.text : undefined;
}

function crc32Of(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString("base64");
}

function putTrailer(
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<WireResponse> {
  return server.send({
    method: "PUT",
    path,
    body,
    headers: {
      "content-encoding": "aws-chunked",
      "x-amz-trailer": "x-amz-checksum-crc32",
      ...headers,
    },
    payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  });
}

function framed(text: string, checksum: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
}

function signedPut(path: string, chunks: readonly Buffer[], damage = false): Promise<WireResponse> {
  const lengthBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const headers = {
    host: `127.0.0.1:${server.server.port}`,
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": String(lengthBytes),
    "content-length": String(framedLength([...chunks, Buffer.alloc(0)])),
  };
  const now = new Date();
  const payloadHash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  const options = { credentials: keys.admin, region: "us-east-1", service: "s3", now, payloadHash };
  const signed = signForChunks({ method: "PUT", rawPath: path, rawQuery: "", headers }, options);
  const signer = new ChunkSigner(signed);
  const pieces = [...chunks, Buffer.alloc(0)].map((chunk, index) => {
    const hash = createHash("sha256").update(chunk).digest("hex");
    const signature = signer.sign(signer.chunkText(hash));
    const sent = damage && index === 0 ? Buffer.from(chunk.map((byte) => byte ^ 1)) : chunk;
    const head = `${chunk.length.toString(16)};chunk-signature=${signature}\r\n`;
    return Buffer.concat([Buffer.from(head), sent, Buffer.from("\r\n")]);
  });
  return server.send({
    method: "PUT",
    path,
    body: Buffer.concat(pieces),
    headers,
    now,
    payloadHash,
  });
}

/** Hex size, `;chunk-signature=` with 64 digits, and two line ends for each chunk. */
function framedLength(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length.toString(16).length + length + 85, 0);
}

describe("a signed payload", () => {
  test("that is not what was signed is refused and not kept", async () => {
    const payloadHash = createHash("sha256").update("signed").digest("hex");
    const answer = await server.send({
      method: "PUT",
      path: "/bkt/k",
      body: "forged",
      payloadHash,
    });
    expect(answer).toMatchObject({ status: 400, code: "XAmzContentSHA256Mismatch" });
    expect(answer.text).toContain(
      `<ClientComputedContentSHA256>${payloadHash}</ClientComputedContentSHA256>`,
    );
    expect(await stored("/bkt/k")).toBeUndefined();
  });

  test("UNSIGNED-PAYLOAD is taken as it comes", async () => {
    const payloadHash = "UNSIGNED-PAYLOAD";
    await server.send({ method: "PUT", path: "/bkt/unsigned", body: "any", payloadHash });
    expect(await stored("/bkt/unsigned")).toBe("any");
  });
});

describe("STREAMING-UNSIGNED-PAYLOAD-TRAILER", () => {
  test("the framing is taken off and the trailer checked", async () => {
    const body = framed("hello", crc32Of("hello"));
    const answer = await putTrailer("/bkt/trailer", body, { "x-amz-decoded-content-length": "5" });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-amz-checksum-crc32"]).toBe(crc32Of("hello"));
    const read = await server.send({ path: "/bkt/trailer" });
    expect(read.text).toBe("hello");
    expect(read.headers["content-encoding"]).toBeUndefined();
  });

  test("a wrong trailer is BadDigest and nothing is kept", async () => {
    const body = framed("hello", crc32Of("other"));
    const answer = await putTrailer("/bkt/bad-trailer", body, {
      "x-amz-decoded-content-length": "5",
    });
    expect(answer).toMatchObject({ status: 400, code: "BadDigest" });
    expect(await stored("/bkt/bad-trailer")).toBeUndefined();
  });

  test.each<[string, string, Record<string, string>, number, string]>([
    ["no decoded length", framed("hello", crc32Of("hello")), {}, 411, "MissingContentLength"],
    [
      "too long",
      framed("hello!", crc32Of("hello!")),
      { "x-amz-decoded-content-length": "5" },
      400,
      "IncompleteBody",
    ],
    [
      "too short",
      framed("hell", crc32Of("hell")),
      { "x-amz-decoded-content-length": "5" },
      400,
      "IncompleteBody",
    ],
    [
      "a length that is no number",
      framed("hello", crc32Of("hello")),
      { "x-amz-decoded-content-length": "five" },
      400,
      "InvalidArgument",
    ],
  ])("%s", async (_, body, headers, status, code) => {
    expect(await putTrailer("/bkt/wrong", body, headers)).toMatchObject({ status, code });
    expect(await stored("/bkt/wrong")).toBeUndefined();
  });

  test("over HTTP's own chunks, as boto3 sends it", async () => {
    const body = framed("hello", crc32Of("hello"));
    const headers = { "x-amz-decoded-content-length": "5", "transfer-encoding": "chunked" };
    expect((await putTrailer("/bkt/te", body, headers)).status).toBe(200);
    expect(await stored("/bkt/te")).toBe("hello");
  });
});

describe("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", () => {
  test("every chunk is verified", async () => {
    const chunks = [noise(64 * 1024), noise(64 * 1024), noise(10)];
    expect((await signedPut("/bkt/signed", chunks)).status).toBe(200);
    const read = await server.send({ path: "/bkt/signed" });
    expect(read.body.equals(Buffer.concat(chunks))).toBe(true);
  });

  test("a chunk changed on the way is refused", async () => {
    const answer = await signedPut("/bkt/changed", [noise(64 * 1024), noise(10)], true);
    expect(answer).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(await stored("/bkt/changed")).toBeUndefined();
  });
});

describe("lengths", () => {
  test("no length and no chunks is 411", async () => {
    const wire = { method: "PUT", path: "/bkt/none", payloadHash: "UNSIGNED-PAYLOAD" };
    // Signed without the header, which the fixture adds to a PUT otherwise.
    const signed = server.signedHeaders({ ...wire, headers: { "transfer-encoding": "chunked" } });
    const lines = Object.entries(signed)
      .filter(([name]) => name !== "transfer-encoding")
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `PUT /bkt/none HTTP/1.1\r\n${lines.join("")}\r\n`;
    const answer = await server.raw([head], { until: /<\/Error>/ });
    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
    expect(answer).toContain("<Code>MissingContentLength</Code>");
  });

  test("plain HTTP chunks are 501 with the header's name, as on S3", async () => {
    const answer = await server.send({
      method: "PUT",
      path: "/bkt/chunked",
      body: "x",
      headers: { "transfer-encoding": "chunked" },
      payloadHash: "UNSIGNED-PAYLOAD",
    });
    expect(answer).toMatchObject({ status: 501, code: "NotImplemented" });
    expect(answer.text).toContain("<Header>Transfer-Encoding</Header>");
  });
});
