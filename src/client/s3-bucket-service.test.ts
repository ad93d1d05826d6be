import { afterEach, describe, expect, it } from "vitest";
import type { BucketService } from "../core/bucket-service.ts";
import { renderListBuckets } from "../protocol/documents/listings/list-buckets.ts";
import { renderXml, s3Namespace } from "../protocol/xml/render.ts";
import { createBucketService } from "./create-bucket-service.ts";
import { s3Dialect } from "./dialects/s3.ts";
import {
  answer,
  errorAnswer,
  hangUp,
  startScriptedServer,
  type ScriptedServer,
  type Step,
} from "./testing-fixtures/scripted-server.ts";
import { failureOf, testCredentials } from "./testing-fixtures/test-store.ts";

let server: ScriptedServer;
let service: BucketService;

afterEach(async () => {
  await service.close();
  await server.close();
});

async function open(region: string, ...steps: Step[]): Promise<void> {
  server = await startScriptedServer(...steps);
  service = createBucketService({
    region,
    credentials: () => Promise.resolve(testCredentials),
    dialect: s3Dialect,
    endpoint: server.endpoint,
    random: () => 0,
    retry: { forMs: 0.001 },
  });
}

function page(names: readonly string[], continuationToken?: string): Step {
  const createdAt = new Date("2026-11-01T00:00:00Z");
  const buckets = names.map((name) => ({ name, createdAt, region: "eu-west-1", arn: undefined }));
  const listing = { ownerId: "o", buckets, prefix: undefined, continuationToken };
  return answer(200, {}, renderXml(renderListBuckets(listing), { namespace: s3Namespace }));
}

it("lists the buckets of the account, page by page", async () => {
  await open("us-east-1", page(["a", "b"], "t&1"), page(["c"]));
  const first = await service.listBuckets();
  expect(first.continuationToken).toBe("t&1");
  expect(first.buckets).toMatchObject([{ name: "a", region: "eu-west-1" }, { name: "b" }]);
  const second = await service.listBuckets({ continuationToken: "t&1" });
  expect(second).toMatchObject({ buckets: [{ name: "c" }] });
  expect(second.continuationToken).toBeUndefined();
  expect(server.requests.map(({ url }) => url)).toEqual([
    "/?max-buckets=10000",
    "/?max-buckets=10000&continuation-token=t%261",
  ]);
});

it("names no bucket in the error of a refused list", async () => {
  await open("us-east-1", errorAnswer(403, "AccessDenied"));
  const error = await failureOf(service.listBuckets());
  expect(error).toMatchObject({ code: "PermissionDenied", bucket: undefined });
  expect(error.message).toBe("ListBuckets: AccessDenied (403): Because of AccessDenied.");
});

it("refuses a page that leads back to itself", async () => {
  await open("us-east-1", page(["a"], "t"));
  expect(await failureOf(service.listBuckets({ continuationToken: "t" }))).toMatchObject({
    code: "IntegrityError",
  });
});

describe("making a bucket", () => {
  it("names no region in us-east-1, and its own elsewhere", async () => {
    await open("us-east-1", answer(200));
    await service.createBucket("bkt");
    expect(server.requests[0]).toMatchObject({ method: "PUT", url: "/bkt/" });
    expect(server.requests[0]?.body.toString()).toBe("");
    await server.close();
    await open("eu-west-1", answer(200));
    await service.createBucket("bkt");
    expect(server.requests[0]?.body.toString()).toContain(
      "<LocationConstraint>eu-west-1</LocationConstraint>",
    );
  });

  it("is done when a lost answer was that of our own making", async () => {
    await open("us-east-1", hangUp, errorAnswer(409, "BucketAlreadyOwnedByYou"));
    await service.createBucket("bkt");
    expect(server.requests).toHaveLength(2);
  });

  it("fails when the bucket was there before", async () => {
    await open("us-east-1", errorAnswer(409, "BucketAlreadyOwnedByYou"));
    expect(await failureOf(service.createBucket("bkt"))).toMatchObject({ code: "AlreadyExists" });
  });
});

describe("deleting a bucket", () => {
  it("is done when it is gone after a lost answer, and fails when it never was", async () => {
    await open("us-east-1", hangUp, errorAnswer(404, "NoSuchBucket"));
    await service.deleteBucket("bkt");
    expect(server.requests.at(-1)).toMatchObject({ method: "DELETE", url: "/bkt/" });
    expect(await failureOf(service.deleteBucket("bkt"))).toMatchObject({ code: "NotFound" });
  });
});

it("tells a bucket that is there, that is not, and that may not be seen", async () => {
  await open("us-east-1", answer(200), answer(404), answer(403), answer(500));
  expect(await service.headBucket("bkt")).toBe("present");
  expect(await service.headBucket("bkt")).toBe("absent");
  expect(await service.headBucket("bkt")).toBe("forbidden");
  expect(await failureOf(service.headBucket("bkt"))).toMatchObject({ status: 500 });
});

it("says that it is closed", async () => {
  await open("us-east-1", answer(200));
  await service.close();
  expect(await failureOf(service.createBucket("bkt"))).toMatchObject({ code: "Closed" });
  expect(await failureOf(service.listBuckets())).toMatchObject({ code: "Closed" });
});
