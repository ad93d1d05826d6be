import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import { bodyText, operationRequest, owner } from "../testing-fixtures/operation-request.ts";
import { putTestObject } from "../testing-fixtures/put-object.ts";
import { listObjects } from "./list-objects.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  await engine.createBucket({
    name: "bkt",
    region: "us-east-1",
    ownerAccountId: owner.accountId,
  });
  for (const key of ["folder/aSubfolder/1", "folder/aSubfolder/2", "folder/f 1", "folder/f2"]) {
    await putTestObject(engine, "bkt", key);
  }
});

afterEach(() => engine.close());

async function list(query: string) {
  const request = operationRequest(engine, { bucket: "bkt", query });
  const root = parseXml(bodyText(await listObjects.handle(request)), { root: "ListBucketResult" });
  return {
    text: (name: string): string | undefined => childText(root, name),
    contents: childrenNamed(root, "Contents"),
    keys: childrenNamed(root, "Contents").map((entry) => childText(entry, "Key")),
    prefixes: childrenNamed(root, "CommonPrefixes").map((entry) => childText(entry, "Prefix")),
  };
}

test("owners are always shown; marker and prefix are repeated even when empty", async () => {
  const page = await list("");
  expect(page.contents.every((entry) => childrenNamed(entry, "Owner").length === 1)).toBe(true);
  expect(page.text("Marker")).toBe("");
  expect(page.text("Prefix")).toBe("");
  expect(page.text("KeyCount")).toBeUndefined();
});

test("the next marker is told with a delimiter only", async () => {
  const plain = await list("max-keys=1");
  expect(plain.text("IsTruncated")).toBe("true");
  expect(plain.text("NextMarker")).toBeUndefined();
  expect((await list("max-keys=1&delimiter=x")).text("NextMarker")).toBe("folder/aSubfolder/1");
});

test("paging by markers passes over a common prefix", async () => {
  const query = "prefix=folder/&delimiter=/&max-keys=1&encoding-type=url";
  const first = await list(query);
  expect(first.prefixes).toEqual(["folder/aSubfolder/"]);
  expect(first.text("NextMarker")).toBe("folder/aSubfolder/");
  const second = await list(`${query}&marker=folder/aSubfolder/`);
  expect(second.keys).toEqual(["folder/f%201"]);
  expect(second.text("NextMarker")).toBe("folder/f%201");
  const third = await list(`${query}&marker=folder/f%201`);
  expect(third.keys).toEqual(["folder/f2"]);
  expect(third.text("IsTruncated")).toBe("false");
  expect(third.text("NextMarker")).toBeUndefined();
});

test("a marker inside a common prefix passes over the rest of it", async () => {
  const page = await list("prefix=folder/&delimiter=/&max-keys=1&marker=folder/aSubfolder/1");
  expect(page.keys).toEqual(["folder/f 1"]);
});
