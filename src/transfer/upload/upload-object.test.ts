import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { transferContext } from "../transfer-context.ts";
import { uploadFile } from "./upload-file.ts";
import { memorySource } from "./byte-source.ts";
import { uploadBytes, uploadSource } from "./upload-object.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-upload-test-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const large = Buffer.alloc(21 * mib, "0123456789");

describe("uploads", () => {
  it("encrypt with AES256 by default where the store takes the header, in one piece or in parts", async () => {
    const store = new MemoryStore();
    await uploadBytes(transferContext(store.asStore()), "x", "a");
    await uploadBytes(transferContext(store.asStore(), { sse: "bucket-default" }), "x", "a");
    await uploadBytes(transferContext(store.asStore()), "x", "a", { sse: { kms: "key-1" } });
    const qumulo = new MemoryStore({ serverSideEncryptionHeader: "no" });
    await uploadBytes(transferContext(qumulo.asStore()), "x", "a");
    expect([...store.puts, ...qumulo.puts].map(({ encryption }) => encryption)).toEqual([
      "AES256",
      undefined,
      { kmsKeyId: "key-1" },
      undefined,
    ]);
  });

  it("go in one piece below 16 MiB and in parts of 8 MiB above", async () => {
    const store = new MemoryStore();
    const context = transferContext(store.asStore());
    await uploadBytes(context, large.subarray(0, 16 * mib - 1), "small");
    expect(store.log).toEqual(["PutObject small"]);
    const file = path.join(folder, "large");
    await writeFile(file, large);
    const doneBytes: number[] = [];
    await uploadFile(context, pathToFileURL(file), "large", {
      onProgress: (progress) => doneBytes.push(progress.doneBytes),
    });
    expect(store.objects.get("large")?.bytes.equals(large)).toBe(true);
    expect(store.log.filter((entry) => entry.startsWith("UploadPart"))).toHaveLength(3);
    expect(doneBytes.at(-1)).toBe(large.length);
  });

  it("have no more parts in flight than allowed", async () => {
    const store = new MemoryStore();
    let inFlight = 0;
    let most = 0;
    store.fault = async (operation) => {
      if (operation !== "UploadPart") return;
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight -= 1;
    };
    const context = transferContext(store.asStore());
    await uploadBytes(context, large, "a", { partSizeBytes: 5 * mib, concurrency: 2 });
    expect(most).toBe(2);
  });
});

describe("an upload in parts that fails", () => {
  it("is aborted, and the part's own error is thrown", async () => {
    const store = new MemoryStore();
    store.set("a", "old");
    store.fault = (operation, key) => {
      if (operation === "UploadPart" && key === "2") throw failure("PermissionDenied");
    };
    const upload = uploadBytes(transferContext(store.asStore()), large, "a");
    await expect(upload).rejects.toMatchObject({ code: "PermissionDenied" });
    expect(store.log.at(-1)).toBe("AbortMultipartUpload a");
    expect(store.uploads.size).toBe(0);
    expect(store.text("a")).toBe("old");
  });

  it("says what is left when it cannot be aborted", async () => {
    const store = new MemoryStore();
    store.fault = (operation) => {
      if (operation === "UploadPart") throw failure("Unavailable", { remedy: "Try later." });
      if (operation === "AbortMultipartUpload") throw failure("Unavailable");
    };
    const upload = uploadBytes(transferContext(store.asStore()), large, "a");
    await expect(upload).rejects.toMatchObject({
      remedy: expect.stringMatching(/^Try later\. .*abort upload u0/) as string,
      details: { UploadId: "u0" },
    });
  });

  it("is not aborted when its completion may have gone through", async () => {
    const store = new MemoryStore();
    store.fault = (operation) => {
      if (operation !== "CompleteMultipartUpload") return;
      throw failure("Unavailable", { operation, outcome: "unknown" });
    };
    const upload = uploadBytes(transferContext(store.asStore()), large, "a");
    await expect(upload).rejects.toMatchObject({ outcome: "unknown" });
    expect(store.log.filter((entry) => entry.startsWith("Abort"))).toEqual([]);
  });

  it("because its file grew publishes nothing", async () => {
    const store = new MemoryStore();
    const file = path.join(folder, "growing");
    await writeFile(file, large);
    store.fault = async (operation, key) => {
      if (operation === "UploadPart" && key === "3") await appendFile(file, "more");
    };
    const upload = uploadFile(transferContext(store.asStore()), file, "a");
    await expect(upload).rejects.toMatchObject({ code: "Conflict" });
    expect(store.objects.size).toBe(0);
    expect(store.uploads.size).toBe(0);
  });

  it("by running out of time is a Timeout", async () => {
    const store = new MemoryStore();
    store.fault = (operation) =>
      operation === "UploadPart" ? new Promise((resolve) => setTimeout(resolve, 30)) : undefined;
    const context = transferContext(store.asStore());
    const upload = uploadBytes(context, large, "a", { timeoutMs: 20, concurrency: 1 });
    await expect(upload).rejects.toMatchObject({ code: "Timeout", retryable: true });
    expect(store.uploads.size).toBe(0);
  });
});

describe("the media type", () => {
  it.each([
    [
      "the one given",
      new Blob(["x"], { type: "image/png" }),
      "a.tsv",
      { contentType: "text/x" },
      "text/x",
    ],
    ["the Blob's own", new Blob(["x"], { type: "image/png" }), "a.tsv", {}, "image/png"],
    ["that of the key", new Blob(["x"]), "a.tsv", {}, "text/tab-separated-values"],
    ["none", "x", "a", {}, undefined],
  ])("is %s", async (_what, contents, key, options, expected) => {
    const store = new MemoryStore();
    await uploadBytes(transferContext(store.asStore()), contents, key, options);
    expect(store.puts[0]?.contentType).toBe(expected);
  });
});

it("sends nothing of a small source that changes while it is read", async () => {
  const store = new MemoryStore();
  const changed = failure("Conflict");
  const source = {
    ...memorySource(Buffer.from("half")),
    assertUnchanged: () => Promise.reject(changed),
  };
  const scope = { signal: new AbortController().signal };
  const context = transferContext(store.asStore());
  const upload = uploadSource(context, { source, key: "a", options: {}, scope });
  await expect(upload).rejects.toBe(changed);
  expect(store.log).toEqual([]);
});
