import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { child, childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import {
  bodyText,
  operationRequest,
  owner,
  stranger,
} from "../testing-fixtures/operation-request.ts";
import { listBuckets } from "./list-buckets.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await openEngine({ durability: "memory" });
  for (const name of ["b-2", "a-1", "c-3", "b-1"]) {
    await engine.createBucket({
      name,
      region: name === "c-3" ? "eu-west-1" : "us-east-1",
      ownerAccountId: owner.accountId,
    });
  }
  await engine.createBucket({
    name: "b-theirs",
    region: "us-east-1",
    ownerAccountId: stranger.accountId,
  });
});

afterEach(() => engine.close());

async function list(query = "", caller = owner) {
  const response = await listBuckets.handle(operationRequest(engine, { query, caller }));
  const root = parseXml(bodyText(response), { root: "ListAllMyBucketsResult" });
  const buckets = child(root, "Buckets");
  const entries = buckets === undefined ? [] : childrenNamed(buckets, "Bucket");
  return {
    root,
    entries,
    names: entries.map((entry) => childText(entry, "Name")),
    token: childText(root, "ContinuationToken"),
  };
}

test("shows one's own buckets in order, with a stable owner", async () => {
  const { names, root, entries } = await list();
  expect(names).toEqual(["a-1", "b-1", "b-2", "c-3"]);
  const id = childText(child(root, "Owner")!, "ID");
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(childText(child((await list("", stranger)).root, "Owner")!, "ID")).not.toBe(id);
  expect(childText(entries[0]!, "CreationDate")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  expect(childText(entries[0]!, "BucketArn")).toBe("arn:aws:s3:::a-1");
  expect(childText(entries[0]!, "BucketRegion")).toBeUndefined();
});

test("filters by prefix and region, and then shows regions", async () => {
  const { names, root, entries } = await list("prefix=b-");
  expect(names).toEqual(["b-1", "b-2"]);
  expect(childText(root, "Prefix")).toBe("b-");
  expect(childText(entries[0]!, "BucketRegion")).toBe("us-east-1");
  expect((await list("bucket-region=eu-west-1")).names).toEqual(["c-3"]);
  expect((await list("prefix=B-")).names).toEqual([]);
});

test("pages visit every bucket once; an empty token is the start", async () => {
  const seen: (string | undefined)[] = [];
  let token: string | undefined = "";
  do {
    const page = await list(`max-buckets=1&continuation-token=${token}`);
    expect(page.names).toHaveLength(1);
    seen.push(...page.names);
    token = page.token;
  } while (token !== undefined);
  expect(seen).toEqual(["a-1", "b-1", "b-2", "c-3"]);
});

test("a token of another account is refused", async () => {
  const { token } = await list("max-buckets=1");
  await expect(list(`continuation-token=${token}`, stranger)).rejects.toMatchObject({
    code: "InvalidArgument",
  });
});

test.each(["max-buckets=0", "max-buckets=10001", "max-buckets=x", "bucket-region=eu-east-1"])(
  "%s is refused",
  async (query) => {
    await expect(list(query)).rejects.toMatchObject({ code: "InvalidArgument", status: 400 });
  },
);
