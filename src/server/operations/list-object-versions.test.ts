import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { childrenNamed, childText, parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import { bodyText, operationRequest, owner } from "../testing-fixtures/operation-request.ts";
import { putTestObject } from "../testing-fixtures/put-object.ts";
import { listObjectVersions } from "./list-object-versions.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  await engine.createBucket({
    name: "bkt",
    region: "us-east-1",
    ownerAccountId: owner.accountId,
    settings: { versioning: "Enabled" },
  });
});

afterEach(() => engine.close());

async function list(query: string) {
  const request = operationRequest(engine, { bucket: "bkt", query: `versions&${query}` });
  const body = bodyText(await listObjectVersions.handle(request));
  const root = parseXml(body, { root: "ListVersionsResult" });
  const entries = root.children.filter(({ name }) => name === "Version" || name === "DeleteMarker");
  return {
    text: (name: string): string | undefined => childText(root, name),
    entries,
    lines: entries.map(describeEntry),
    prefixes: childrenNamed(root, "CommonPrefixes").map((entry) => childText(entry, "Prefix")),
  };
}

function describeEntry(entry: XmlElement): string {
  const latest = childText(entry, "IsLatest") === "true" ? " latest" : "";
  return `${entry.name} ${childText(entry, "Key")} ${childText(entry, "VersionId")}${latest}`;
}

async function put(key: string, text: string): Promise<string> {
  return (await putTestObject(engine, "bkt", key, text)).versionId;
}

/** As in a recording of AWS: three keys, put, put again, deleted, two of them put once more. */
async function history(): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const key of ["k0", "k1", "k2"]) ids[`${key} first`] = await put(key, "1");
  ids["k2 second"] = await put("k2", "2");
  for (const key of ["k0", "k1", "k2"]) {
    ids[`${key} marker`] = (await engine.deleteObject({ bucket: "bkt", key })).versionId ?? "";
  }
  for (const key of ["k0", "k1"]) ids[`${key} last`] = await put(key, "2");
  return ids;
}

test("shows versions and markers by key, newest first, in one order", async () => {
  const ids = await history();
  const { lines, entries, text } = await list("");
  expect(lines).toEqual([
    `Version k0 ${ids["k0 last"]} latest`,
    `DeleteMarker k0 ${ids["k0 marker"]}`,
    `Version k0 ${ids["k0 first"]}`,
    `Version k1 ${ids["k1 last"]} latest`,
    `DeleteMarker k1 ${ids["k1 marker"]}`,
    `Version k1 ${ids["k1 first"]}`,
    `DeleteMarker k2 ${ids["k2 marker"]} latest`,
    `Version k2 ${ids["k2 second"]}`,
    `Version k2 ${ids["k2 first"]}`,
  ]);
  expect(text("KeyMarker")).toBe("");
  expect(text("VersionIdMarker")).toBe("");
  const marker = entries[1];
  expect(marker?.children.map(({ name }) => name)).toEqual([
    "Key",
    "VersionId",
    "IsLatest",
    "LastModified",
    "Owner",
  ]);
});

test.each([1, 2, 4, 5, 8, 9])("pages of %i visit every version once", async (size) => {
  await history();
  const all = (await list("")).lines;
  const seen: string[] = [];
  let markers = "";
  for (;;) {
    const page = await list(`max-keys=${size}${markers}`);
    seen.push(...page.lines);
    if (page.text("IsTruncated") !== "true") break;
    expect(page.lines).toHaveLength(size);
    markers =
      `&key-marker=${page.text("NextKeyMarker")}` +
      `&version-id-marker=${page.text("NextVersionIdMarker")}`;
  }
  expect(seen).toEqual(all);
});

test("a key marker alone passes over all versions of its key", async () => {
  const ids = await history();
  expect((await list("key-marker=k1&max-keys=1")).lines).toEqual([
    `DeleteMarker k2 ${ids["k2 marker"]} latest`,
  ]);
  expect((await list("key-marker=k2")).lines).toEqual([]);
});

test("a marker whose version is gone still tells the place", async () => {
  const ids = await history();
  const gone = ids["k1 marker"] ?? "";
  await engine.deleteObject({ bucket: "bkt", key: "k1", versionId: gone });
  const page = await list(`key-marker=k1&version-id-marker=${gone}&max-keys=1`);
  expect(page.lines).toEqual([`Version k1 ${ids["k1 first"]}`]);
});

test("a page that ends in a common prefix has no version marker", async () => {
  for (const key of ["d/s/1", "d/s/2", "d/f"]) await putTestObject(engine, "bkt", key);
  const first = await list("prefix=d/&delimiter=/&max-keys=1");
  expect(first.lines).toHaveLength(1);
  const second = await list(
    `prefix=d/&delimiter=/&max-keys=1&key-marker=${first.text("NextKeyMarker")}`,
  );
  expect(second.prefixes).toEqual(["d/s/"]);
  expect(second.text("IsTruncated")).toBe("false");
  await putTestObject(engine, "bkt", "d/z");
  const again = await list("prefix=d/&delimiter=/&max-keys=1&key-marker=d/f");
  expect(again.text("NextKeyMarker")).toBe("d/s/");
  expect(again.text("NextVersionIdMarker")).toBeUndefined();
});

test("objects of a bucket without versioning are their null versions", async () => {
  await engine.createBucket({ name: "plain", region: "us-east-1", ownerAccountId: "1" });
  await putTestObject(engine, "plain", "k");
  const request = operationRequest(engine, { bucket: "plain", query: "versions" });
  const body = bodyText(await listObjectVersions.handle(request));
  expect(body).toContain("<VersionId>null</VersionId><IsLatest>true</IsLatest>");
});

test.each([
  ["version-id-marker=abc", "A version-id marker cannot be specified without a key marker."],
  ["key-marker=k&version-id-marker=", "A version-id marker cannot be empty."],
])("%s is refused", async (query, message) => {
  await expect(list(query)).rejects.toMatchObject({ code: "InvalidArgument", message });
});
