import { expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import { createMemoryStore } from "../testing/stores/create-memory-store.ts";
import { LateStore } from "./late-store.ts";
import { errorAnswer, startScriptedServer } from "./testing-fixtures/scripted-server.ts";
import { openTestStore, testCredentials } from "./testing-fixtures/test-store.ts";

type Methods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

const body = Buffer.from("x");
const upload = () => ({ key: "a", uploadId: "u" });
const source = () => ({ key: "from", versionId: "v" });
const stored = () => ({ contentType: "text/csv", metadata: { a: "b" }, tags: { t: "1" } });

/** Arguments of each operation, whose members can all be seen in its request. */
const operations: Readonly<Record<string, () => readonly unknown[]>> = {
  putObject: () => ["a", body, { ...stored(), ifMatch: '"e"' }],
  getObject: () => ["a", { range: { first: 1, last: 2 }, versionId: "v" }],
  headObject: () => ["a", { versionId: "v", ifMatch: '"e"' }],
  getObjectTags: () => ["a", { versionId: "v" }],
  putObjectTags: () => ["a", { t: "1" }, { versionId: "v" }],
  deleteObject: () => ["a", { versionId: "v" }],
  deleteObjects: () => [[{ key: "a" }, { key: "b", versionId: "v" }]],
  copyObject: () => [source(), "b", { ...stored(), metadataDirective: "REPLACE" }],
  listObjects: () => [{ prefix: "p", startAfter: "p1" }],
  listObjectVersions: () => [{ prefix: "p", keyMarker: "p1" }],
  createMultipartUpload: () => ["a", stored()],
  uploadPart: () => [{ ...upload(), partNumber: 1 }, body],
  uploadPartCopy: () => [
    { ...upload(), partNumber: 1 },
    source(),
    { range: { first: 0, last: 4 } },
  ],
  completeMultipartUpload: () => [upload(), [{ partNumber: 1, etag: '"e"', sizeBytes: 1 }]],
  abortMultipartUpload: () => [upload()],
  listParts: () => [upload(), { partNumberMarker: 3 }],
  listMultipartUploads: () => [{ prefix: "p", keyMarker: "p1" }],
};

function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return;
  for (const [name, member] of Object.entries(value)) {
    spoil(member);
    if (typeof member !== "object") Object.assign(value, { [name]: "spoilt" });
  }
  if (Array.isArray(value)) value.push({ key: "spoilt", partNumber: 2, etag: "spoilt" });
}

/** What is sent when the caller changes all that it has given, once the call runs. */
async function sentBy(name: string, isSpoilt: boolean, isLate: boolean): Promise<unknown> {
  const server = await startScriptedServer(errorAnswer(403, "AccessDenied"));
  const args = operations[name]?.() ?? [];
  const now = { date: new Date("2026-11-23T10:00:00Z") };
  const opened = openTestStore(server.endpoint, {
    now: () => now.date,
    credentials: () => {
      if (isSpoilt) spoil(args);
      return Promise.resolve(testCredentials);
    },
  });
  const { bucket, location, capabilities } = opened;
  const open = () => Promise.resolve(opened);
  const store: ObjectStore = isLate
    ? new LateStore({ bucket, location, capabilities, open })
    : opened;
  const methods = store as unknown as Methods;
  const calling = methods[name]?.(...args).catch(() => undefined);
  if (isLate && isSpoilt) spoil(args);
  await calling;
  await opened.close();
  await server.close();
  return server.requests.map(({ method, url, headers, body: sent }) => {
    const { host: _port, authorization: _signature, ...rest } = headers;
    return { method, url, headers: rest, sent: sent.toString() };
  });
}

it.each(Object.keys(operations))(
  "%s goes by what it was given when it was called",
  async (name) => {
    const wanted = await sentBy(name, false, false);
    expect(wanted).not.toEqual([]);
    expect(await sentBy(name, true, false)).toEqual(wanted);
    expect(await sentBy(name, true, true)).toEqual(wanted);
  },
);

it("a link and a form are for what was asked for", async () => {
  const request = { method: "GET" as const, key: "a" };
  const store = openTestStore("http://127.0.0.1:1", {
    credentials: () => {
      spoil(request);
      return Promise.resolve(testCredentials);
    },
  });
  expect((await store.presign(request)).url).toContain("/bkt/a?");
  await store.close();
});

it("a store in memory deletes what it was given", async () => {
  const store = createMemoryStore();
  for (const key of ["a", "b", "c"]) await store.putObject(key, body);
  const entries = [{ key: "a" }, { key: "b" }];
  const deleting = store.deleteObjects(entries);
  entries.splice(1, 1, { key: "c" });
  await deleting;
  expect((await store.listObjects()).objects.map(({ key }) => key)).toEqual(["c"]);
  await store.close();
});
