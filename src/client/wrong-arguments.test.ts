import { describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { createS3Store } from "./create-s3-store.ts";
import { s3Dialect } from "./dialects/s3.ts";
import { startRawServer } from "./testing-fixtures/raw-server.ts";

/** What it was refused with. A call that goes on to a request asks for keys first. */
async function refusal(name: string, args: readonly unknown[]): Promise<string> {
  let asked = 0;
  const store = createS3Store({
    bucket: "bkt",
    region: "us-east-1",
    endpoint: "http://127.0.0.1:1",
    dialect: s3Dialect,
    credentials: () => {
      asked += 1;
      throw new Error("a request was about to be sent");
    },
  });
  const methods = store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const error: unknown = await methods[name]?.(...args).catch((thrown: unknown) => thrown);
  await store.close();
  expect(asked).toBe(0);
  return isStorageError(error, "InvalidArgument") ? error.message : String(error);
}

async function* wide() {
  yield new Uint16Array(1) as unknown as Uint8Array;
}

const body = Buffer.from("x");
const upload = { key: "a", uploadId: "u" };

/** Good arguments of each operation, its options left out. */
const operations: Readonly<Record<string, readonly unknown[]>> = {
  putObject: ["a", body],
  getObject: ["a"],
  headObject: ["a"],
  getObjectAttributes: ["a"],
  getObjectTags: ["a"],
  deleteObject: ["a"],
  deleteObjects: [[{ key: "a" }]],
  copyObject: [{ key: "a" }, "b"],
  listObjects: [],
  listObjectVersions: [],
  createMultipartUpload: ["a"],
  uploadPart: [{ ...upload, partNumber: 1 }, body],
  uploadPartCopy: [{ ...upload, partNumber: 1 }, { key: "a" }],
  completeMultipartUpload: [upload, [{ partNumber: 1, etag: '"e"', sizeBytes: 1 }]],
  abortMultipartUpload: [upload],
  listParts: [upload],
  listMultipartUploads: [],
};
const good = (name: string): readonly unknown[] => operations[name] ?? [];

describe("an ObjectStore checks", () => {
  it.each(Object.keys(operations))("the options of %s", async (name) => {
    for (const [options, text] of [
      [{ signal: "stop" }, "an AbortSignal"],
      [{ timeoutMs: Number.NaN }, "milliseconds"],
      [{ nope: 1 }, 'has no option "nope"'],
      ["text", "must be an object"],
    ] as const) {
      expect(await refusal(name, [...good(name), options])).toContain(text);
    }
  });

  it.each([
    ["getObject", { range: { first: 5, last: 1 } }],
    ["getObject", { ifModifiedSince: "today" }],
    ["getObject", { partNumber: 0 }],
    ["getObject", { verify: "no" }],
    ["headObject", { versionId: "" }],
    ["putObject", { encryption: "aws:kms" }],
    ["putObject", { encryption: { kmsKey: "k" } }],
    ["putObject", { checksum: { algorithm: "CRC32", value: "x" } }],
    ["putObject", { metadata: { a: 1 } }],
    ["putObject", { tags: { a: 1 } }],
    ["copyObject", { metadataDirective: "replace" }],
    ["createMultipartUpload", { checksumAlgorithm: "auto" }],
    ["uploadPartCopy", { range: { first: 5 } }],
    ["completeMultipartUpload", { checksumType: "WHOLE" }],
    ["listObjects", { maxKeys: -1 }],
    ["listParts", { maxParts: "5" }],
  ])("%s with %j", async (name, options) => {
    const [option = ""] = Object.keys(options);
    expect(await refusal(name, [...good(name), options])).toContain(`option ${option} must be`);
  });

  it.each([
    ["putObject", ["a", "text"], "the body"],
    ["putObject", ["a", new Uint16Array(2)], "the body"],
    ["putObject", ["a", null], "the body"],
    ["putObject", ["a", { lengthBytes: -1, open: () => body }], "the body"],
    ["putObject", [5, body], "the key"],
    ["uploadPart", [{ ...upload, partNumber: 0 }, body], "the partNumber"],
    ["uploadPart", [{ key: "a", uploadId: "", partNumber: 1 }, body], "the uploadId"],
    ["abortMultipartUpload", [undefined], "the key"],
    ["deleteObjects", ["a"], "the entries"],
    ["deleteObjects", [["a"]], "the entries"],
    ["deleteObjects", [[{ key: 5 }]], "the key of each"],
    [
      "completeMultipartUpload",
      [upload, [{ partNumber: "1", etag: "e" }]],
      "the partNumber of each",
    ],
    ["copyObject", ["a", "b"], "the options"],
    ["copyObject", [{ key: "a", bucket: 5 }, "b"], "bucket"],
    ["presign", [undefined], "the request"],
    ["presign", [{ method: "POST", key: "a" }], "method"],
    ["presign", [{ key: "a" }], "the method"],
    ["presign", [{ method: "GET", key: "a", expiresIn: 5 }], "expiresIn"],
  ])("%s of %j", async (name, args, text) => {
    expect(await refusal(name, args)).toContain(text);
  });

  it("what a source yields, of whose elements length counts no bytes", async () => {
    const server = await startRawServer(() => undefined);
    const store = createS3Store({
      bucket: "bkt",
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${server.port}`,
      dialect: s3Dialect,
      credentials: () => Promise.resolve(undefined),
      retry: { forMs: 0 },
    });
    const put = store.putObject("a", { lengthBytes: 1, open: wide }, { checksum: "none" });
    await expect(put).rejects.toMatchObject({ code: "InvalidArgument" });
    await store.close();
    await server.close();
  });
});
