import { afterAll, beforeAll, expect, test } from "vitest";
import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { TestServer } from "../testing-fixtures/test-server.ts";
import { abortHeaders } from "./abort-date.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

const rule: LifecycleRule = {
  ID: "clean up",
  Status: "Enabled",
  Filter: { Prefix: "test/" },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
};
const upload = { key: "test/big.bin", initiatedAt: new Date("2026-03-01T10:30:00Z") };

async function headersFor(...rules: readonly LifecycleRule[]) {
  const { engine } = server.server;
  await engine.updateBucketSettings("bkt", (settings) => ({
    ...settings,
    lifecycle: { Rules: rules },
  }));
  const bucket = engine.getBucket("bkt");
  return bucket && abortHeaders(bucket, upload);
}

test("the next midnight after the days, and the rule", async () => {
  expect(await headersFor(rule)).toEqual({
    "x-amz-abort-date": "Thu, 05 Mar 2026 00:00:00 GMT",
    "x-amz-abort-rule-id": "clean%20up",
  });
});

test("no rule that aborts it, no headers", async () => {
  expect(await headersFor({ ...rule, Status: "Disabled" })).toEqual({});
  expect(await headersFor({ ...rule, Filter: { Prefix: "prod/" } })).toEqual({});
  const { AbortIncompleteMultipartUpload: _abort, ...expiring } = rule;
  expect(await headersFor({ ...expiring, Expiration: { Days: 1 } })).toEqual({});
});

test("CreateMultipartUpload and ListParts tell it, of their own upload", async () => {
  await headersFor(rule);
  const begin = async (path: string) =>
    await server.send({ method: "POST", path, query: "uploads" });
  const begun = await begin("/bkt/test/a");
  expect(begun.headers["x-amz-abort-date"]).toMatch(/ 00:00:00 GMT$/);
  const id = /<UploadId>(.*)<\/UploadId>/.exec(begun.text)?.[1] ?? "";
  const parts = await server.send({ path: "/bkt/test/a", query: `uploadId=${id}` });
  for (const name of ["x-amz-abort-date", "x-amz-abort-rule-id"]) {
    expect(parts.headers[name]).toBe(begun.headers[name]);
  }
  expect((await begin("/bkt/prod/a")).headers["x-amz-abort-date"]).toBeUndefined();
});
