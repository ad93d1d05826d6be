import { afterEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import { readSignatureClaim } from "../protocol/sigv4/read-signature-claim.ts";
import { collectHeaders } from "../protocol/sigv4/received-request.ts";
import { verifySignature } from "../protocol/sigv4/verify.ts";
import {
  rawAnswer,
  startRawServer,
  type RawRequest,
  type RawServer,
} from "./testing-fixtures/raw-server.ts";
import { openTestStore, testCredentials } from "./testing-fixtures/test-store.ts";

let server: RawServer;
let store: ObjectStore;

afterEach(async () => {
  await store.close();
  await server.close();
});

const options = {
  metadata: { city: "é Zürich €", plain: "x" },
  contentDisposition: 'attachment; filename="é€.txt"',
  tags: { ort: "Zürich" },
};

function utf8(request: RawRequest, name: string): string {
  return Buffer.from(request.header(name) ?? "", "latin1").toString("utf8");
}

/** Throws unless what arrived is what was signed. */
function verify(request: RawRequest): void {
  const [rawPath = "", rawQuery = ""] = request.target.split("?");
  const headers = collectHeaders(request.rawHeaders);
  const received = { method: request.method, rawPath, rawQuery, headers };
  const claim = readSignatureClaim(received);
  if (claim === undefined) throw new Error("The request is not signed.");
  verifySignature(received, claim, testCredentials.secretAccessKey, new Date());
}

const source = (text: string) => ({
  lengthBytes: Buffer.byteLength(text),
  async *open() {
    if (text !== "") yield Buffer.from(text);
  },
});

describe("headers outside of ASCII arrive as the bytes that were signed", () => {
  it.each([
    ["a PUT of bytes", () => store.putObject("é", Buffer.from("abc"), options)],
    ["a PUT of no bytes", () => store.putObject("é", Buffer.alloc(0), options)],
    ["a PUT of a source", () => store.putObject("é", source("abc"), options)],
    ["a PUT of an empty source", () => store.putObject("é", source(""), options)],
    ["a PUT without a body", () => store.copyObject({ key: "é?" }, "é", options)],
    ["a POST without a body", () => store.createMultipartUpload("é", options)],
  ])("%s", async (_name, send) => {
    server = await startRawServer(
      rawAnswer('HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n'),
    );
    store = openTestStore(`http://127.0.0.1:${server.port}`, { retry: { forMs: 0 } });
    await send().catch(() => undefined);
    const [request] = server.requests;
    if (request === undefined) throw new Error("Nothing arrived.");
    verify(request);
    expect(utf8(request, "content-disposition")).toBe(options.contentDisposition);
    expect(utf8(request, "x-amz-meta-city")).toBe(options.metadata.city);
    expect(utf8(request, "x-amz-tagging")).toBe("ort=Z%C3%BCrich");
    expect(request.header("transfer-encoding")).toBeUndefined();
    expect(request.header("connection")).toBe("keep-alive");
    expect(request.rawHeaders.filter((name) => /^content-length$/i.test(name))).toHaveLength(1);
  });
});
