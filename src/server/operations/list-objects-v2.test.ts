import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { child, childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import { bodyText, operationRequest, owner } from "../testing-fixtures/operation-request.ts";
import { putTestObject } from "../testing-fixtures/put-object.ts";
import { listObjectsV2 } from "./list-objects-v2.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  for (const name of ["bkt", "other"]) {
    await engine.createBucket({ name, region: "us-east-1", ownerAccountId: owner.accountId });
  }
});

afterEach(() => engine.close());

async function list(query: string, bucket = "bkt") {
  const request = operationRequest(engine, { bucket, query: `list-type=2&${query}` });
  const root = parseXml(bodyText(await listObjectsV2.handle(request)), {
    root: "ListBucketResult",
  });
  const text = (name: string): string | undefined => childText(root, name);
  return {
    text,
    contents: childrenNamed(root, "Contents"),
    keys: childrenNamed(root, "Contents").map((entry) => childText(entry, "Key")),
    prefixes: childrenNamed(root, "CommonPrefixes").map((entry) => childText(entry, "Prefix")),
    next: text("NextContinuationToken"),
  };
}

async function put(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await putTestObject(engine, "bkt", key);
}

test("an empty bucket", async () => {
  const { text, keys } = await list("");
  expect(keys).toEqual([]);
  expect(text("Name")).toBe("bkt");
  expect(text("Prefix")).toBe("");
  expect(text("KeyCount")).toBe("0");
  expect(text("MaxKeys")).toBe("1000");
  expect(text("IsTruncated")).toBe("false");
  expect(text("Delimiter")).toBeUndefined();
  expect(text("EncodingType")).toBeUndefined();
});

test("an entry tells size, date, quoted ETag, class and checksum, and its owner when asked", async () => {
  await put("k");
  const [entry] = (await list("")).contents;
  expect(entry!.children.map(({ name }) => name)).toEqual([
    "Key",
    "LastModified",
    "ETag",
    "ChecksumAlgorithm",
    "ChecksumType",
    "Size",
    "StorageClass",
  ]);
  expect(childText(entry!, "ETag")).toBe('"9a0364b9e99bb480dd25e1f0284c8555"');
  expect(childText(entry!, "Size")).toBe("7");
  expect(childText(entry!, "LastModified")).toMatch(/:\d\d\.000Z$/);
  const [owned] = (await list("fetch-owner=true")).contents;
  expect(childText(child(owned!, "Owner")!, "ID")).toMatch(/^[0-9a-f]{64}$/);
});

describe("a delimiter", () => {
  beforeEach(() => put("a", "a/1", "a/2", "b/", "b/1", "c", "d/1"));

  test("rolls keys up; both kinds count", async () => {
    const { keys, prefixes, text } = await list("delimiter=/");
    expect(keys).toEqual(["a", "c"]);
    expect(prefixes).toEqual(["a/", "b/", "d/"]);
    expect(text("KeyCount")).toBe("5");
    expect(text("Delimiter")).toBe("/");
  });

  test.each([1, 2, 3, 4])("pages of %i visit all once and in order", async (size) => {
    const seen: (string | undefined)[] = [];
    let next: string | undefined;
    do {
      const token = next === undefined ? "" : `&continuation-token=${next}`;
      const page = await list(`delimiter=/&max-keys=${size}${token}`);
      const entries = [...page.keys, ...page.prefixes];
      expect(entries.length).toBeLessThanOrEqual(size);
      seen.push(...entries.sort((a = "", b = "") => compareKeys(a, b)));
      next = page.next;
      expect(page.text("IsTruncated")).toBe(String(next !== undefined));
    } while (next !== undefined);
    expect(seen).toEqual(["a", "a/", "b/", "c", "d/"]);
  });

  test("below a prefix the prefix's own key is a key", async () => {
    const { keys, prefixes } = await list("delimiter=/&prefix=b/");
    expect(keys).toEqual(["b/", "b/1"]);
    expect(prefixes).toEqual([]);
  });

  test("may be any text; an empty one is none", async () => {
    expect((await list("delimiter=/1")).prefixes).toEqual(["a/1", "b/1", "d/1"]);
    expect((await list("delimiter=")).keys).toHaveLength(7);
  });
});

test("keys come in the order of their UTF-8 bytes, which UTF-16 order is not", async () => {
  const keys = ["\u{1F600}", "\uFB01", "\uFFFD", "a", "Z", "é", "a/../b", "a//b"];
  await put(...keys);
  expect((await list("")).keys).toEqual([...keys].sort(compareKeys));
  expect(compareKeys("\u{1F600}", "\uFFFD")).toBeGreaterThan(0);
});

test("start-after is exclusive and repeated; with a token it is neither used nor shown", async () => {
  await put("1", "2", "3", "4");
  const first = await list("start-after=1&max-keys=1");
  expect(first.keys).toEqual(["2"]);
  expect(first.text("StartAfter")).toBe("1");
  const second = await list(`start-after=3&continuation-token=${first.next}`);
  expect(second.keys).toEqual(["3", "4"]);
  expect(second.text("StartAfter")).toBeUndefined();
  expect(second.text("ContinuationToken")).toBe(first.next);
});

test("url encoding covers keys and echoes, never tokens", async () => {
  await put("a b+%/é&", "a b+%/z/x");
  const prefix = encodeURIComponent("a b+%/");
  const page = await list(`encoding-type=url&prefix=${prefix}&start-after=${prefix}&delimiter=/`);
  expect(page.keys).toEqual(["a%20b%2B%25/%C3%A9%26"]);
  expect(page.prefixes).toEqual(["a%20b%2B%25/z/"]);
  expect(page.text("Prefix")).toBe("a%20b%2B%25/");
  expect(page.text("StartAfter")).toBe("a%20b%2B%25/");
  expect(page.text("EncodingType")).toBe("url");
});

test("without it, keys that XML cannot carry are still whole", async () => {
  const key = 'a<&>"\r\n\t\u0001';
  await put(key);
  expect((await list("")).keys).toEqual([key]);
});

test("max-keys of 0 shows nothing and claims no more", async () => {
  await put("1");
  const page = await list("max-keys=0");
  expect(page.keys).toEqual([]);
  expect(page.text("IsTruncated")).toBe("false");
});

test.each(["continuation-token=", "continuation-token=garbage"])("%s is refused", async (query) => {
  await expect(list(query)).rejects.toMatchObject({
    code: "InvalidArgument",
    message: "The continuation token provided is incorrect",
  });
});

test("a token is good for its bucket only", async () => {
  await put("1", "2");
  const { next } = await list("max-keys=1");
  await expect(list(`continuation-token=${next}`, "other")).rejects.toMatchObject({
    code: "InvalidArgument",
  });
});

test("other list types are refused", async () => {
  const request = operationRequest(engine, { bucket: "bkt", query: "list-type=3" });
  await expect(listObjectsV2.handle(request)).rejects.toMatchObject({ code: "InvalidArgument" });
});

/** The second page after a change is kept. */
async function listedAgain(): Promise<unknown> {
  await list("");
  await list("");
  return (await list("")).keys;
}

test("a page that was asked for before tells every change since", async () => {
  await put("a", "b");
  expect(await listedAgain()).toEqual(["a", "b"]);
  await put("c");
  expect(await listedAgain()).toEqual(["a", "b", "c"]);
  await engine.deleteObject({ bucket: "bkt", key: "a" });
  expect(await listedAgain()).toEqual(["b", "c"]);
  const snapshot = engine.snapshots.take();
  await put("d");
  expect(await listedAgain()).toEqual(["b", "c", "d"]);
  await engine.snapshots.restore(snapshot);
  expect(await listedAgain()).toEqual(["b", "c"]);
  await engine.deleteObjects([
    { bucket: "bkt", key: "b" },
    { bucket: "bkt", key: "c" },
  ]);
  await engine.deleteBucket("bkt");
  await engine.createBucket({ name: "bkt", region: "us-east-1", ownerAccountId: owner.accountId });
  expect(await listedAgain()).toEqual([]);
});

test("a page that was asked for before is no other page", async () => {
  await put("a/1", "a/2", "b");
  for (let round = 0; round < 3; round += 1) {
    expect((await list("prefix=a/")).keys).toEqual(["a/1", "a/2"]);
    expect((await list("prefix=a/&max-keys=1")).keys).toEqual(["a/1"]);
    expect((await list("prefix=a/&start-after=a/1")).keys).toEqual(["a/2"]);
    expect((await list("delimiter=/")).keys).toEqual(["b"]);
    expect((await list("", "other")).keys).toEqual([]);
    const first = await list("max-keys=2");
    expect(first.keys).toEqual(["a/1", "a/2"]);
    expect((await list(`continuation-token=${first.next ?? ""}`)).keys).toEqual(["b"]);
    expect((await list("fetch-owner=true&max-keys=1")).contents[0]!.children).toHaveLength(8);
    expect((await list("max-keys=1")).contents[0]!.children).toHaveLength(7);
    expect((await list("encoding-type=url&prefix=a/")).text("EncodingType")).toBe("url");
    expect((await list("prefix=a/")).text("EncodingType")).toBeUndefined();
  }
});
