import { createHash, randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import type { Credentials } from "../../src/core/credentials.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { oddKeys } from "./odd-keys.ts";
import { outputOf, runCommand } from "./run-command.ts";

const mib = 1024 * 1024;

/** Where the suite runs: an empty bucket of somebody else's server. */
export interface ForeignBucket {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: Credentials;
}

/**
 * Our S3 client judged by a server that others wrote. `faults` names tests that this server cannot
 * pass, each with the server's own fault; such a test must fail, so that a fault mended is noticed.
 * `lostKeys` are odd keys that this server spoils by itself.
 */
export function foreignStoreSuite(
  open: () => Promise<ForeignBucket>,
  known: {
    readonly faults?: Readonly<Record<string, string>>;
    readonly lostKeys?: readonly string[];
  } = {},
): void {
  let place: ForeignBucket;
  let store: ObjectStore;
  const faults = new Map(Object.entries(known.faults ?? {}));
  const keys = oddKeys.filter((key) => !(known.lostKeys ?? []).includes(key));

  function storeWith(credentials: Credentials): ObjectStore {
    return createS3Store({
      ...place,
      dialect: s3Dialect,
      credentials: () => Promise.resolve(credentials),
      retry: { forMs: 0 },
    });
  }
  function check(name: string, test: () => Promise<void>): void {
    const fault = faults.get(name);
    faults.delete(name);
    const note = fault === undefined ? "" : ` (not here: ${fault})`;
    it(`${name}${note}`, async () => {
      const failure: unknown = await test().catch((error: unknown) => error);
      if (fault === undefined && failure !== undefined) throw failure;
      expect(failure === undefined).toBe(fault === undefined);
    });
  }
  const read = async (key: string) => buffer((await store.getObject(key)).body);

  beforeAll(async () => {
    place = await open();
    store = storeWith(place.credentials);
  });
  afterAll(() => store?.close());

  check("puts, gets, heads and deletes, with metadata", async () => {
    const bytes = randomBytes(300_000);
    const metadata = { run: "7", note: "two words" };
    const put = await store.putObject("dir/k", bytes, {
      contentType: "chemical/x-pdb",
      cacheControl: "no-cache",
      metadata,
    });
    expect(put.etag).toBe(`"${createHash("md5").update(bytes).digest("hex")}"`);
    const { head, body } = await store.getObject("dir/k");
    expect((await buffer(body)).equals(bytes)).toBe(true);
    for (const answer of [head, await store.headObject("dir/k")]) {
      expect(answer).toMatchObject({
        sizeBytes: bytes.length,
        contentType: "chemical/x-pdb",
        cacheControl: "no-cache",
        metadata,
        etag: put.etag,
      });
      expect(Math.abs(answer.lastModified.getTime() - Date.now())).toBeLessThan(60_000);
    }
    await store.deleteObject("dir/k");
    await store.deleteObject("dir/k");
    await expect(store.getObject("dir/k")).rejects.toMatchObject({ code: "NotFound", status: 404 });
    await expect(store.headObject("dir/k")).rejects.toMatchObject({ code: "NotFound" });
  });

  check("stores an object of no bytes", async () => {
    await store.putObject("empty", new Uint8Array());
    expect(await read("empty")).toHaveLength(0);
    await store.deleteObject("empty");
  });

  check("reads ranges", async () => {
    await store.putObject("ten", Buffer.from("0123456789"));
    const part = await store.getObject("ten", { range: { first: 2, last: 5 } });
    expect((await buffer(part.body)).toString()).toBe("2345");
    expect(part).toMatchObject({ range: { first: 2, last: 5 }, head: { sizeBytes: 10 } });
    const end = await store.getObject("ten", { range: { suffixLength: 3 } });
    expect((await buffer(end.body)).toString()).toBe("789");
    await expect(store.getObject("ten", { range: { first: 10 } })).rejects.toMatchObject({
      code: "RangeNotSatisfiable",
    });
    await store.deleteObject("ten");
  });

  check("keeps odd keys exactly", async () => {
    for (const key of keys) await store.putObject(`odd/${key}`.slice(0, 1024), Buffer.from(key));
    const names = keys.map((key) => `odd/${key}`.slice(0, 1024));
    for (const [i, name] of names.entries()) expect((await read(name)).toString()).toBe(keys[i]);
    const listed: string[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await store.listObjects({
        prefix: "odd/",
        maxKeys: 7,
        ...(continuationToken !== undefined && { continuationToken }),
      });
      listed.push(...page.objects.map((object) => object.key));
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined);
    expect(listed).toEqual(
      names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    const { deleted, errors } = await store.deleteObjects(names.map((key) => ({ key })));
    expect(errors).toEqual([]);
    expect(deleted.map((entry) => entry.key).toSorted()).toEqual(names.toSorted());
    expect((await store.listObjects({ prefix: "odd/" })).objects).toEqual([]);
  });

  check("lists with a delimiter, a start and common prefixes", async () => {
    for (const key of ["l/a/1", "l/a/2", "l/b+c d/1", "l/top"]) {
      await store.putObject(key, Buffer.from(key));
    }
    const level = await store.listObjects({ prefix: "l/", delimiter: "/" });
    expect(level.commonPrefixes).toEqual(["l/a/", "l/b+c d/"]);
    expect(level.objects.map((object) => [object.key, object.sizeBytes])).toEqual([["l/top", 5]]);
    const after = await store.listObjects({ prefix: "l/", startAfter: "l/a/1" });
    expect(after.objects.map((object) => object.key)).toEqual(["l/a/2", "l/b+c d/1", "l/top"]);
  });

  check("carries 64 MiB in parts, from a source that streams", async () => {
    const bytes = randomBytes(64 * mib);
    const partSize = 8 * mib;
    const uploadId = await store.createMultipartUpload("large", { metadata: { m: "1" } });
    const parts = [];
    for (let partNumber = 1; partNumber <= 8; partNumber++) {
      const slice = bytes.subarray((partNumber - 1) * partSize, partNumber * partSize);
      const source = { lengthBytes: slice.length, open: () => inPieces(slice, 100_000) };
      parts.push(await store.uploadPart({ key: "large", uploadId, partNumber }, source));
    }
    const listed = await store.listParts({ key: "large", uploadId });
    expect(listed.parts.map((part) => [part.partNumber, part.sizeBytes])).toEqual(
      parts.map((part) => [part.partNumber, partSize]),
    );
    const uploads = await store.listMultipartUploads();
    expect(uploads.uploads).toMatchObject([{ key: "large", uploadId }]);
    await store.completeMultipartUpload({ key: "large", uploadId }, parts);
    const sha256 = createHash("sha256");
    const got = await store.getObject("large");
    for await (const chunk of got.body) sha256.update(chunk);
    expect(sha256.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(got.head).toMatchObject({ sizeBytes: bytes.length, metadata: { m: "1" } });
    expect(got.head.etag).toMatch(/^"[0-9a-f]{32}-8"$/);
  });

  check("aborts an upload", async () => {
    const uploadId = await store.createMultipartUpload("aborted");
    await store.uploadPart({ key: "aborted", uploadId, partNumber: 1 }, Buffer.from("part"));
    await store.abortMultipartUpload({ key: "aborted", uploadId });
    await store.abortMultipartUpload({ key: "aborted", uploadId });
    await expect(store.listParts({ key: "aborted", uploadId })).rejects.toMatchObject({
      code: "NotFound",
    });
    await expect(store.headObject("aborted")).rejects.toMatchObject({ code: "NotFound" });
  });

  check("copies on the server, also in parts", async () => {
    const from = "from ü+ %25/here";
    await store.putObject(from, Buffer.from("copied"), { metadata: { a: "1" } });
    await store.copyObject({ key: from }, "kept");
    expect((await store.headObject("kept")).metadata).toEqual({ a: "1" });
    await store.copyObject({ key: from }, "to ü", {
      metadataDirective: "REPLACE",
      metadata: { b: "2" },
    });
    expect((await read("to ü")).toString()).toBe("copied");
    expect((await store.headObject("to ü")).metadata).toEqual({ b: "2" });

    const bytes = randomBytes(10 * mib);
    await store.putObject("whole", bytes);
    const uploadId = await store.createMultipartUpload("assembled");
    const address = { key: "assembled", uploadId };
    const parts = [];
    for (const [index, first] of [0, 5 * mib].entries()) {
      const range = { first, last: first + 5 * mib - 1 };
      const part = { ...address, partNumber: index + 1 };
      parts.push(await store.uploadPartCopy(part, { key: "whole" }, { range }));
    }
    await store.completeMultipartUpload(address, parts);
    expect((await read("assembled")).equals(bytes)).toBe(true);
  });

  check("presigns a read and a write for curl", async () => {
    const key = "presigned ü+ %/a//b";
    const put = await store.presign({ method: "PUT", key, expiresInSeconds: 60 });
    const body = ["--data-binary", "by url", "--header", "content-type: text/plain"];
    await outputOf("/usr/bin/curl", ["-sf", "-X", "PUT", ...body, put.url]);
    expect((await read(key)).toString()).toBe("by url");
    const get = await store.presign({
      method: "GET",
      key,
      expiresInSeconds: 60,
      query: { "response-content-type": "x/y" },
    });
    const args = ["-sf", "--write-out", " %{content_type}", get.url];
    expect(await outputOf("/usr/bin/curl", args)).toBe("by url x/y");
    await store.deleteObject(key);
  });

  check("creates but does not replace", async () => {
    await store.putObject("once", Buffer.from("1"), { ifAbsent: true });
    await expect(
      store.putObject("once", Buffer.from("2"), { ifAbsent: true }),
    ).rejects.toMatchObject({ code: "AlreadyExists" });
    expect((await read("once")).toString()).toBe("1");
  });

  check("replaces only what it has seen", async () => {
    const first = await store.putObject("seen", Buffer.from("1"));
    await store.putObject("seen", Buffer.from("2"), { ifMatch: first.etag });
    await expect(
      store.putObject("seen", Buffer.from("3"), { ifMatch: first.etag }),
    ).rejects.toMatchObject({ code: "PreconditionFailed" });
    expect((await read("seen")).toString()).toBe("2");
  });

  check("is told that its secret is wrong", async () => {
    const wrong = storeWith({ ...place.credentials, secretAccessKey: "wrong" });
    await expect(wrong.headObject("dir/k")).rejects.toMatchObject({ status: 403 });
    await expect(wrong.putObject("k", Buffer.from("x"))).rejects.toMatchObject({
      code: "Unauthenticated",
      s3Code: "SignatureDoesNotMatch",
    });
    const { url } = await wrong.presign({ method: "GET", key: "once" });
    const refused = await runCommand("/usr/bin/curl", ["-s", url]);
    expect(refused.stdout).toContain("<Code>SignatureDoesNotMatch</Code>");
    await wrong.close();
  });

  it("names only tests of this suite as faults", () => {
    expect([...faults.keys()]).toEqual([]);
  });
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
