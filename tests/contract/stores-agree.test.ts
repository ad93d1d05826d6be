import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isStorageError } from "../../src/core/errors.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { resolveSettings } from "../../src/settings/resolve-settings.ts";
import { createDirectoryStore } from "../../src/testing/stores/create-directory-store.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";

// Stores in memory and in a folder claim S3's rules; the embedded server is held to them by foreign
// clients. What one of them answers, all answer.

const keys = ["a", "a/b", "a/b/c", "a//", "b", "é/😀", "../x", "a-", "a0"] as const;
const anyKey = fc.constantFrom(...keys);
const anyPrefix = fc.constantFrom("", "a", "a/", "a/b", "b", "zz");
const anyText = fc.constantFrom("", "1", "22");

type Step =
  | { readonly kind: "put"; key: string; text: string; ifAbsent: boolean; ifMatchOf?: string }
  | { readonly kind: "get"; key: string; first: number; last: number | undefined }
  | { readonly kind: "head" | "delete" | "attributes"; key: string; ifMatchOf?: string }
  | { readonly kind: "part"; key: string; partNumber: number }
  | { readonly kind: "tags"; key: string; text: string }
  | { readonly kind: "copy"; from: string; key: string; replaces: boolean }
  | {
      readonly kind: "list" | "versions";
      prefix: string;
      delimited: boolean;
      page: number;
      after: string;
    }
  | { readonly kind: "batch"; keys: readonly string[] }
  | { readonly kind: "upload"; key: string; text: string; parts: readonly number[] };

const optionalText = fc.option(anyText, { nil: undefined });
const listing = {
  prefix: anyPrefix,
  delimited: fc.boolean(),
  page: fc.constantFrom(1, 2, 3, 1000),
  after: fc.constantFrom("", "a", "a/", "a/b", "zz"),
};
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("put"),
      key: anyKey,
      text: anyText,
      ifAbsent: fc.boolean(),
      ifMatchOf: optionalText,
    },
    { requiredKeys: ["kind", "key", "text", "ifAbsent"] },
  ),
  fc.record({
    kind: fc.constant("get"),
    key: anyKey,
    first: fc.nat(3),
    last: fc.option(fc.integer({ min: 3, max: 5 }), { nil: undefined }),
  }),
  fc.record(
    { kind: fc.constantFrom("head", "delete", "attributes"), key: anyKey, ifMatchOf: optionalText },
    { requiredKeys: ["kind", "key"] },
  ),
  fc.record({ kind: fc.constant("tags"), key: anyKey, text: anyText }),
  fc.record({ kind: fc.constant("copy"), from: anyKey, key: anyKey, replaces: fc.boolean() }),
  fc.record({ kind: fc.constant("list"), ...listing }),
  fc.record({ kind: fc.constant("versions"), ...listing }),
  fc.record({
    kind: fc.constant("batch"),
    keys: fc.uniqueArray(anyKey, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant("upload"),
    key: anyKey,
    text: anyText,
    parts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  }),
) as fc.Arbitrary<Step>;

const md5s: Readonly<Record<string, string>> = {
  "": '"d41d8cd98f00b204e9800998ecf8427e"',
  "1": '"c4ca4238a0b923820dcc509a6f75849b"',
  "22": '"b6d767d2f8ed5d21a44b0e5886680cb9"',
};

const pin = (text: string | undefined) => (text === undefined ? {} : { ifMatch: md5s[text] ?? "" });

/** What a store answers, without what differs by nature: ids, times, words. */
async function answerOf(store: ObjectStore, step: Step): Promise<unknown> {
  switch (step.kind) {
    case "put": {
      const { key, text, ifAbsent, ifMatchOf } = step;
      const condition = ifAbsent ? { ifAbsent } : pin(ifMatchOf);
      const headers = { contentType: "text/x", metadata: { n: text || "-" } };
      const { etag, checksum } = await store.putObject(key, Buffer.from(text), {
        ...condition,
        ...headers,
        tags: { t: "1" },
      });
      return { etag, checksum };
    }
    case "get": {
      const { head, range, body } = await store.getObject(step.key, {
        range: { first: step.first, ...(step.last !== undefined && { last: step.last }) },
      });
      let text = "";
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      return { etag: head.etag, range, text };
    }
    case "head": {
      const head = await store.headObject(step.key, pin(step.ifMatchOf));
      const { etag, sizeBytes, contentType, metadata, checksum, partsCount, tagCount } = head;
      return { etag, sizeBytes, contentType, metadata, checksum, partsCount, tagCount };
    }
    case "attributes": {
      const { versionId: _, ...attributes } = await store.getObjectAttributes(step.key);
      return { attributes, tags: await store.getObjectTags(step.key) };
    }
    case "tags": {
      const { key, text } = step;
      if (text === "") await store.deleteObjectTags(key);
      else await store.putObjectTags(key, { t: text, u: "" });
      return store.getObjectTags(key);
    }
    case "part": {
      const { key, partNumber } = step;
      const { sizeBytes, partsCount } = await store.headObject(key, { partNumber });
      const { range, body } = await store.getObject(key, { partNumber });
      let text = "";
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      return { sizeBytes, partsCount, range, text };
    }
    case "delete": {
      const { deleteMarker, versionId } = await store.deleteObject(step.key, pin(step.ifMatchOf));
      return { deleteMarker, versioned: versionId !== undefined };
    }
    case "copy": {
      const options = step.replaces
        ? { metadataDirective: "REPLACE" as const, metadata: { c: "1" } }
        : {};
      const { etag, checksum } = await store.copyObject({ key: step.from }, step.key, options);
      return { etag, checksum };
    }
    case "list":
      return pagesOf(store, step);
    case "versions":
      return versionsOf(store, step);
    case "batch": {
      const { deleted, errors } = await store.deleteObjects(step.keys.map((key) => ({ key })));
      return { deleted: deleted.map(({ key, deleteMarker }) => ({ key, deleteMarker })), errors };
    }
    case "upload":
      return uploadOf(store, step);
  }
}

async function pagesOf(
  store: ObjectStore,
  { prefix, delimited, page, after }: Step & { kind: "list" | "versions" },
) {
  const pages: unknown[] = [];
  let continuationToken: string | undefined;
  do {
    const place =
      continuationToken === undefined
        ? after === ""
          ? {}
          : { startAfter: after }
        : { continuationToken };
    const listed = await store.listObjects({
      prefix,
      maxKeys: page,
      ...place,
      ...(delimited && { delimiter: "/" }),
    });
    pages.push([
      listed.objects.map(({ key, sizeBytes, etag }) => [key, sizeBytes, etag]),
      listed.commonPrefixes,
    ]);
    continuationToken = listed.continuationToken;
  } while (continuationToken !== undefined);
  return pages;
}

async function versionsOf(
  store: ObjectStore,
  { prefix, delimited, page, after }: Step & { kind: "list" | "versions" },
) {
  const pages: unknown[] = [];
  let place: { keyMarker?: string; versionIdMarker?: string } =
    after === "" ? {} : { keyMarker: after };
  for (;;) {
    const listed = await store.listObjectVersions({
      prefix,
      maxKeys: page,
      ...place,
      ...(delimited && { delimiter: "/" }),
    });
    pages.push([
      listed.versions.map(({ key, isLatest, isDeleteMarker, sizeBytes, etag }) => [
        key,
        isLatest,
        isDeleteMarker,
        sizeBytes,
        etag,
      ]),
      listed.commonPrefixes,
    ]);
    const { nextKeyMarker, nextVersionIdMarker } = listed;
    if (nextKeyMarker === undefined) return pages;
    place = {
      keyMarker: nextKeyMarker,
      ...(nextVersionIdMarker !== undefined && { versionIdMarker: nextVersionIdMarker }),
    };
  }
}

async function uploadOf(store: ObjectStore, { key, text, parts }: Step & { kind: "upload" }) {
  const uploadId = await store.createMultipartUpload(key, { checksumAlgorithm: "CRC32" });
  const uploaded = [];
  try {
    for (const partNumber of parts) {
      uploaded.push(
        await store.uploadPart({ key, uploadId, partNumber }, Buffer.from(`${text}${partNumber}`)),
      );
    }
    const listed = await store.listParts({ key, uploadId });
    const { uploads } = await store.listMultipartUploads({ prefix: key });
    const { etag, checksum } = await store.completeMultipartUpload({ key, uploadId }, uploaded);
    return { etag, checksum, listed: listed.parts, open: uploads.map((upload) => upload.key) };
  } finally {
    await store.abortMultipartUpload({ key, uploadId });
  }
}

async function outcomeOf(store: ObjectStore, step: Step): Promise<unknown> {
  try {
    return await answerOf(store, step);
  } catch (error) {
    if (!isStorageError(error)) throw error;
    // A HEAD's answer has no code on the wire.
    return { failed: error.code, status: error.status };
  }
}

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

async function emptied(store: ObjectStore): Promise<void> {
  const { versions } = await store.listObjectVersions();
  if (versions.length > 0)
    await store.deleteObjects(versions.map(({ key, versionId }) => ({ key, versionId })));
}

const anySteps = fc.array(anyStep, { maxLength: 25 });

/** What every store answers to each step beside what the server does. */
async function answersTo(
  steps: readonly Step[],
  served: ObjectStore,
  others: readonly ObjectStore[],
): Promise<{ readonly expected: unknown[]; readonly found: unknown[] }> {
  await emptied(served);
  const expected: unknown[] = [];
  const found: unknown[] = [];
  for (const step of steps) {
    const answer = await outcomeOf(served, step);
    for (const other of others) {
      expected.push({ step, answer });
      found.push({ step, answer: await outcomeOf(other, step) });
    }
  }
  return { expected, found };
}

test("memory, folder and server answer the same to any calls", async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      const folder = await mkdtemp(join(tmpdir(), "sms-agree-"));
      const directory = createDirectoryStore(folder, { flush: false });
      try {
        const others = [createMemoryStore(), directory];
        const { expected, found } = await answersTo(steps, server.store(), others);
        expect(found).toEqual(expected);
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: 50 },
  );
}, 120_000);

test("memory with versions and a versioned bucket of the server do too", async () => {
  await server.createBucket("versioned");
  const { settings } = resolveSettings({ flags: {}, environment: server.env });
  const { admin } = await openBucketAdmin(settings, { expectedBucketOwner: server.accountId });
  await admin.put("versioned", "versioning", "Enabled");
  admin.close();
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      const memory = createMemoryStore({ versioned: true });
      const { expected, found } = await answersTo(steps, server.store("versioned"), [memory]);
      expect(found).toEqual(expected);
    }),
    { numRuns: 50 },
  );
}, 120_000);
