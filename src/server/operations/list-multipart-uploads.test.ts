import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import { bodyText, operationRequest, owner } from "../testing-fixtures/operation-request.ts";
import { listMultipartUploads } from "./list-multipart-uploads.ts";

let engine: Engine;
let clock = Date.parse("2026-11-24T10:00:00Z");

beforeEach(async () => {
  engine = await openEngine({ durability: "memory", now: () => new Date((clock += 1000)) });
  await engine.createBucket({
    name: "bkt",
    region: "us-east-1",
    ownerAccountId: owner.accountId,
  });
});

afterEach(() => engine.close());

async function start(key: string): Promise<string> {
  const upload = await engine.createUpload({
    bucket: "bkt",
    key,
    initiatorArn: owner.arn,
    headers: {},
    metadata: {},
    encryption: { algorithm: "AES256" },
    checksum: { algorithm: "CRC64NVME", type: "FULL_OBJECT" },
  });
  return upload.uploadId;
}

async function list(query: string) {
  const request = operationRequest(engine, { bucket: "bkt", query: `uploads&${query}` });
  const body = bodyText(await listMultipartUploads.handle(request));
  const root = parseXml(body, { root: "ListMultipartUploadsResult" });
  const uploads = childrenNamed(root, "Upload");
  return {
    text: (name: string): string | undefined => childText(root, name),
    uploads,
    ids: uploads.map((entry) => childText(entry, "UploadId")),
    prefixes: childrenNamed(root, "CommonPrefixes").map((entry) => childText(entry, "Prefix")),
  };
}

test("an empty bucket answers with empty markers and without a prefix", async () => {
  const { text, uploads } = await list("");
  expect(uploads).toEqual([]);
  for (const name of ["KeyMarker", "UploadIdMarker", "NextKeyMarker", "NextUploadIdMarker"]) {
    expect(text(name)).toBe("");
  }
  expect(text("Prefix")).toBeUndefined();
  expect(text("MaxUploads")).toBe("1000");
});

test("uploads come by key, then from the oldest; the last one is named", async () => {
  const z = await start("z");
  const a1 = await start("a");
  const a2 = await start("a");
  const { ids, text, uploads } = await list("");
  expect(ids).toEqual([a1, a2, z]);
  expect(text("NextKeyMarker")).toBe("z");
  expect(text("NextUploadIdMarker")).toBe(z);
  expect(uploads[0]?.children.map(({ name }) => name)).toEqual([
    "Key",
    "UploadId",
    "Initiator",
    "Owner",
    "StorageClass",
    "Initiated",
    "ChecksumAlgorithm",
    "ChecksumType",
  ]);
});

test.each([1, 2, 3])("pages of %i visit every upload once", async (size) => {
  const z = await start("z");
  const a = [await start("a"), await start("a"), await start("a")];
  const seen: (string | undefined)[] = [];
  let markers = "";
  for (;;) {
    const page = await list(`max-uploads=${size}${markers}`);
    seen.push(...page.ids);
    if (page.text("IsTruncated") !== "true") break;
    markers =
      `&key-marker=${page.text("NextKeyMarker")}` +
      `&upload-id-marker=${page.text("NextUploadIdMarker")}`;
  }
  expect(seen).toEqual([...a, z]);
});

test("an upload-id marker alone counts for nothing; a key marker passes over its key", async () => {
  const a = await start("a");
  const b = await start("b");
  const ignored = await list(`upload-id-marker=${a}`);
  expect(ignored.ids).toEqual([a, b]);
  expect(ignored.text("UploadIdMarker")).toBe("");
  expect((await list("key-marker=a")).ids).toEqual([b]);
});

test("pages over common prefixes go on", async () => {
  await start("d/1");
  await start("d/2");
  const e = await start("e");
  const first = await list("delimiter=/&max-uploads=1");
  expect(first.prefixes).toEqual(["d/"]);
  expect(first.text("NextKeyMarker")).toBe("d/");
  expect(first.text("NextUploadIdMarker")).toBe("");
  const second = await list("delimiter=/&max-uploads=1&key-marker=d/&upload-id-marker=");
  expect(second.ids).toEqual([e]);
  expect(second.text("IsTruncated")).toBe("false");
});

test("a marker whose upload was aborted still tells the place", async () => {
  const a = [await start("a"), await start("a"), await start("a")];
  const [first = "", second = ""] = a;
  await engine.abortUpload("bkt", "a", second);
  expect((await list(`key-marker=a&upload-id-marker=${second}`)).ids).toEqual([a[2]]);
  await engine.abortUpload("bkt", "a", first);
  expect((await list(`key-marker=a&upload-id-marker=${first}`)).ids).toEqual([a[2]]);
});
