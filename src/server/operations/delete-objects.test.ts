import { makeVersionId } from "../../engine/version-id.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { childrenNamed, parseXml } from "../../protocol/xml/parse.ts";
import {
  bodyText,
  operationRequest,
  owner,
  type RequestOptions,
} from "../testing-fixtures/operation-request.ts";
import { putTestObject } from "../testing-fixtures/put-object.ts";
import { deleteObjects } from "./delete-objects.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  const ownerAccountId = owner.accountId;
  await engine.createBucket({ name: "bkt", region: "us-east-1", ownerAccountId });
  await engine.createBucket({
    name: "versioned",
    region: "us-east-1",
    ownerAccountId,
    settings: { versioning: "Enabled" },
  });
});

afterEach(() => engine.close());

async function run(bucket: string, inner: string, options: RequestOptions = {}) {
  const request = operationRequest(engine, {
    bucket,
    query: "delete",
    document: `<Delete>${inner}</Delete>`,
    ...options,
  });
  const body = bodyText(await deleteObjects.handle(request));
  const root = parseXml(body, { root: "DeleteResult" });
  const plain = (name: string) =>
    childrenNamed(root, name).map((entry) =>
      Object.fromEntries(entry.children.map(({ name: field, text }) => [field, text])),
    );
  return { deleted: plain("Deleted"), errors: plain("Error") };
}

function object(key: string, extra = ""): string {
  return `<Object><Key>${key}</Key>${extra}</Object>`;
}

function objects(count: number): string {
  return Array.from({ length: count }, (_, index) => object(`k${index}`)).join("");
}

test("keys that are not there count as deleted", async () => {
  await putTestObject(engine, "bkt", "a");
  const { deleted, errors } = await run("bkt", object("a") + object("b"));
  expect(deleted).toEqual([{ Key: "a" }, { Key: "b" }]);
  expect(errors).toEqual([]);
  expect(engine.getObject("bkt", "a")).toBeUndefined();
});

test("Quiet leaves the successes out and not the errors", async () => {
  const quiet = "<Quiet>true</Quiet>";
  const { deleted, errors } = await run("bkt", quiet + object("a") + object("b"), {
    denied: (_, key) => key === "b",
  });
  expect(deleted).toEqual([]);
  expect(errors).toEqual([{ Key: "b", Code: "AccessDenied", Message: "Access Denied" }]);
});

test("on a versioned bucket markers are made, named, and deleted again", async () => {
  const { versionId } = await putTestObject(engine, "versioned", "k");
  const first = await run("versioned", object("k"));
  const marker = first.deleted[0]?.["DeleteMarkerVersionId"] ?? "";
  expect(first.deleted).toEqual([
    { Key: "k", DeleteMarker: "true", DeleteMarkerVersionId: marker },
  ]);
  const second = await run("versioned", object("k", `<VersionId>${marker}</VersionId>`));
  expect(second.deleted).toEqual([
    { Key: "k", VersionId: marker, DeleteMarker: "true", DeleteMarkerVersionId: marker },
  ]);
  const third = await run("versioned", object("k", `<VersionId>${versionId}</VersionId>`));
  expect(third.deleted).toEqual([{ Key: "k", VersionId: versionId }]);
  expect(engine.listVersions({ bucket: "versioned", limit: 10 }).entries).toEqual([]);
});

test("deleting a version asks for the permission of versions", async () => {
  const { versionId } = await putTestObject(engine, "versioned", "k");
  const asked: string[] = [];
  const denied = (action: string) => {
    asked.push(action);
    return action === "s3:DeleteObjectVersion";
  };
  const both = object("k") + object("k", `<VersionId>${versionId}</VersionId>`);
  const { deleted, errors } = await run("versioned", both, { denied });
  expect(asked).toEqual(["s3:DeleteObject", "s3:DeleteObjectVersion"]);
  expect(deleted).toHaveLength(1);
  expect(errors).toMatchObject([{ Key: "k", VersionId: versionId, Code: "AccessDenied" }]);
  expect(engine.getObject("versioned", "k", versionId)).toBeDefined();
});

test("each key has its own answer, in the order of the request", async () => {
  await putTestObject(engine, "bkt", "a");
  const long = "x".repeat(1025);
  const { deleted, errors } = await run(
    "bkt",
    object(long) +
      object("a", "<ETag>0123456789abcdef0123456789abcdef</ETag>") +
      object("b", "<Size>5</Size>") +
      object("c"),
  );
  expect(errors.map((error) => [error["Key"], error["Code"]])).toEqual([
    [long, "KeyTooLongError"],
    ["a", "PreconditionFailed"],
    ["b", "NotImplemented"],
  ]);
  expect(deleted).toEqual([{ Key: "c" }]);
  expect(engine.getObject("bkt", "a")).toBeDefined();
});

test("keys are taken as they stand and given back escaped", async () => {
  await putTestObject(engine, "bkt", "a%2F&<b>\r");
  const { deleted } = await run("bkt", object("a%2F&amp;&lt;b&gt;&#13;"));
  expect(deleted).toEqual([{ Key: "a%2F&<b>\r" }]);
  expect(engine.listObjects({ bucket: "bkt", limit: 1 }).entries).toEqual([]);
});

test("a version id that nobody made is NoSuchVersion, one that is gone counts as deleted", async () => {
  const foreign = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD";
  const made = makeVersionId(1);
  const error = {
    Key: "k",
    Code: "NoSuchVersion",
    Message: "The specified version does not exist.",
  };
  for (const [bucket, id] of [
    ["bkt", foreign],
    ["bkt", made],
    ["versioned", foreign],
    ["versioned", `${made.slice(0, -4)}ABCD`],
    ["versioned", "abc"],
  ] as const) {
    const { deleted, errors } = await run(bucket, object("k", `<VersionId>${id}</VersionId>`));
    expect({ deleted, errors }).toEqual({ deleted: [], errors: [{ ...error, VersionId: id }] });
  }
  for (const [bucket, id] of [
    ["versioned", made],
    ["bkt", "null"],
  ] as const) {
    expect((await run(bucket, object("k", `<VersionId>${id}</VersionId>`))).errors).toEqual([]);
  }
});

test("1,000 keys are taken, 1,001 and none are not", async () => {
  expect((await run("bkt", objects(1000))).deleted).toHaveLength(1000);
  for (const inner of [objects(1001), "", object(""), "<Object/>"]) {
    await expect(run("bkt", inner)).rejects.toMatchObject({ code: "MalformedXML" });
  }
});
