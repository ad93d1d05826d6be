import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import type { UploadOptions } from "../transfer-options.ts";
import { uploadFile } from "../upload/upload-file.ts";
import type { SourceIdentity } from "../upload/byte-source.ts";
import { journalLine } from "./journal-lines.ts";
import { Journals } from "./journals.ts";
import type { TransferNotice } from "./transfer-notice.ts";

const partBytes = 5 * mib;
const bytes = Buffer.alloc(4 * partBytes + 77);
for (let n = 0; n + 4 <= bytes.length; n += 4096) bytes.writeUInt32LE(n, n);

let folder = "";
let file = "";
let store: MemoryStore;
let notices: TransferNotice[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-resume-test-"));
  file = path.join(folder, "file");
  await writeFile(file, bytes);
  store = new MemoryStore();
  notices = [];
});
afterEach(() => rm(folder, { recursive: true }));

const state = () => path.join(folder, "state");
const journalsLeft = async () => (await readdir(state())).length;

async function upload(options: UploadOptions = {}) {
  store.log.length = 0;
  const journals = new Journals({ folder: state(), bucket: "http://store.example bkt" });
  const context = transferContext(store.asStore(), { journals });
  return uploadFile(context, file, "a", {
    partSizeBytes: partBytes,
    concurrency: 1,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
}

/** Cut short when the part of this number is to be sent. */
async function cutShort(code: Parameters<typeof failure>[0] = "Unavailable", at = 4) {
  store.fault = (operation, key) => {
    if (operation === "UploadPart" && Number(key) === at) throw failure(code);
  };
  await expect(upload()).rejects.toMatchObject({ code });
  store.fault = () => undefined;
}

function open(uploadId: string, initiated: Date, key = "a"): void {
  store.uploads.set(uploadId, new Map());
  store.begun.set(uploadId, { key, uploadId, initiated });
}

/** The store makes an upload, and nobody hears of it. */
async function loseAnswer(): Promise<void> {
  store.fault = (operation) => {
    if (operation !== "CreateMultipartUpload") return;
    open("lost", new Date());
    throw failure("Unavailable", { outcome: "unknown" });
  };
  await expect(upload()).rejects.toMatchObject({ code: "Unavailable" });
  store.fault = () => undefined;
}

const calls = (operation: string) => store.log.filter((entry) => entry.startsWith(operation));
const isStored = () => store.objects.get("a")?.bytes.equals(bytes);

describe("an upload that was cut short", () => {
  it.each(["Unavailable", "Unauthenticated", "Aborted", "PermissionDenied"] as const)(
    "by %s is gone on with by the next run, which sends what is missing",
    async (code) => {
      await cutShort(code);
      expect(await journalsLeft()).toBe(1);
      const progress: number[] = [];
      const written = await upload({ onProgress: ({ doneBytes }) => progress.push(doneBytes) });
      expect(written.sizeBytes).toBe(bytes.length);
      expect(calls("CreateMultipartUpload")).toEqual([]);
      expect(calls("UploadPart")).toEqual(["UploadPart 4", "UploadPart 5"]);
      expect(isStored()).toBe(true);
      expect(notices).toEqual([
        { kind: "resumed", doneBytes: 3 * partBytes, totalBytes: bytes.length },
      ]);
      expect(progress[0]).toBe(4 * partBytes);
      expect(await journalsLeft()).toBe(0);
    },
  );

  it("says how to go on, and what is kept", async () => {
    store.fault = (operation, key) => {
      if (operation === "UploadPart" && key === "3") {
        throw failure("Unauthenticated", { remedy: "Sign in again." });
      }
    };
    await expect(upload()).rejects.toMatchObject({
      remedy:
        "Sign in again. Run it again to go on: 2 parts that were sent are kept in the bucket.",
    });
  });

  it("before anything was sent leaves nothing", async () => {
    await cutShort("Unavailable", 1);
    expect(store.uploads.size).toBe(0);
    expect(await journalsLeft()).toBe(0);
  });

  it("before the store's answer came, and had been made, is aborted by the next run", async () => {
    await loseAnswer();
    expect(await journalsLeft()).toBe(1);
    await upload();
    expect(calls("AbortMultipartUpload")).toEqual(["AbortMultipartUpload a"]);
    expect([...store.uploads.keys()]).toEqual([]);
    expect(notices).toEqual([
      { kind: "begun-anew", reason: expect.stringContaining("sent nothing to, was aborted") },
    ]);
    expect(isStored()).toBe(true);
    expect(await journalsLeft()).toBe(0);
  });

  it.each<[string, () => void]>([
    ["has parts", () => store.uploads.get("lost")?.set(1, Buffer.from("x"))],
    ["is of another time", () => open("lost", new Date(Date.now() - 60_000))],
    ["is of another key", () => open("lost", new Date(), "ab")],
    ["is one of two", () => open("second", new Date())],
  ])("before the store's answer came, aborts nothing that %s", async (_, change) => {
    await loseAnswer();
    change();
    await upload();
    expect(calls("AbortMultipartUpload")).toEqual([]);
    expect(store.uploads.has("lost")).toBe(true);
    expect(isStored()).toBe(true);
    expect(await journalsLeft()).toBe(0);
  });

  it("before the store's answer came goes on where uploads may not be listed", async () => {
    await loseAnswer();
    store.fault = (operation) => {
      if (operation === "ListMultipartUploads") throw failure("PermissionDenied");
    };
    await upload();
    expect(notices).toEqual([
      { kind: "begun-anew", reason: expect.stringContaining("may be left") },
    ]);
    expect(isStored()).toBe(true);
  });

  it("is remembered before the store is asked for it", async () => {
    let header: unknown;
    store.fault = (operation) => {
      if (operation !== "CreateMultipartUpload") return;
      const [name = ""] = readdirSync(state());
      const line = readFileSync(path.join(state(), name), "utf8");
      header = JSON.parse(line.slice(line.indexOf(" ") + 1));
    };
    await upload();
    expect(header).toMatchObject({ kind: "upload", key: "a", localPath: file, partBytes });
  });

  it.each(["IntegrityError", "InvalidArgument", "QuotaExceeded"] as const)(
    "by %s leaves nothing",
    async (code) => {
      await cutShort(code);
      expect(store.uploads.size).toBe(0);
      expect(await journalsLeft()).toBe(0);
    },
  );

  it("asks page by page what the store holds", async () => {
    await cutShort();
    store.pageSize = 2;
    await upload();
    expect(calls("ListParts")).toHaveLength(2);
    expect(calls("UploadPart")).toEqual(["UploadPart 4", "UploadPart 5"]);
  });

  it("sends a part again that the store holds otherwise, or no more", async () => {
    await cutShort();
    const [parts] = store.uploads.values();
    parts?.set(1, Buffer.from("other"));
    parts?.delete(2);
    await upload();
    expect(calls("UploadPart")).toEqual([1, 2, 4, 5].map((part) => `UploadPart ${part}`));
    expect(isStored()).toBe(true);
  });

  it.each([
    ["another ETag", { etag: `"${"0".repeat(32)}"` }],
    ["another checksum", { checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "other" } }],
  ] as const)("sends a part again for which the store has %s", async (_what, change) => {
    class Checking extends MemoryStore {
      override async uploadPart(...call: Parameters<MemoryStore["uploadPart"]>) {
        const checksum = { algorithm: "CRC32", type: "FULL_OBJECT", value: "as sent" } as const;
        return { ...(await super.uploadPart(...call)), checksum };
      }
      override async listParts(...call: Parameters<MemoryStore["listParts"]>) {
        const page = await super.listParts(...call);
        const parts = page.parts.map((part) => ({ ...part, ...(part.partNumber === 2 && change) }));
        return { ...page, parts };
      }
    }
    store = new Checking();
    await cutShort();
    await upload();
    expect(calls("UploadPart")).toEqual([2, 4, 5].map((part) => `UploadPart ${part}`));
  });

  it("goes on in parts of the size that it was begun with", async () => {
    await cutShort();
    await upload({ partSizeBytes: 8 * mib });
    expect(calls("UploadPart")).toEqual(["UploadPart 4", "UploadPart 5"]);
    expect(isStored()).toBe(true);
  });

  it("keeps its journal when the store cannot be asked", async () => {
    await cutShort();
    store.fault = (operation) => {
      if (operation === "ListParts") throw failure("Unavailable");
    };
    await expect(upload()).rejects.toMatchObject({ code: "Unavailable" });
    store.fault = () => undefined;
    await upload();
    expect(calls("UploadPart")).toEqual(["UploadPart 4", "UploadPart 5"]);
  });
});

describe("what an earlier run sent is not used", () => {
  const all = [1, 2, 3, 4, 5].map((part) => `UploadPart ${part}`);

  /** The sentence that was said. */
  async function begunAnew(): Promise<string> {
    expect(calls("UploadPart")).toEqual(all);
    expect(store.uploads.size).toBe(0);
    expect(await journalsLeft()).toBe(0);
    const [notice] = notices;
    return notices.length === 1 && notice?.kind === "begun-anew" ? notice.reason : "";
  }

  it.each([
    ["written to", () => writeFile(file, bytes)],
    [
      "replaced by another",
      async () => {
        await rm(file);
        await writeFile(file, bytes);
      },
    ],
    [
      "written to, its time set back",
      async () => {
        await writeFile(file, Buffer.alloc(bytes.length, 7));
        await utimes(file, 1, 1);
      },
    ],
  ])("when the file was %s since: the old upload is aborted", async (_how, change) => {
    await utimes(file, 1, 1);
    await cutShort();
    await change();
    await upload();
    expect(await begunAnew()).toContain(
      "because the file was changed since; that upload was aborted.",
    );
  });

  it.each(["sizeBytes", "mtimeNs", "ctimeNs", "inode"] as const)(
    "when of all that tells it from another file only %s is another",
    async (name) => {
      await cutShort();
      const [journal = ""] = await readdir(state());
      const place = path.join(state(), journal);
      const [begin = "", ...parts] = (await readFile(place, "utf8")).split("\n");
      const header = JSON.parse(begin.slice(begin.indexOf(" ") + 1)) as { source: SourceIdentity };
      const other = typeof header.source[name] === "number" ? 1 : "1";
      const line = journalLine({ ...header, source: { ...header.source, [name]: other } });
      await writeFile(place, line + parts.join("\n"));
      await upload();
      expect(await begunAnew()).toContain("because the file was changed since");
    },
  );

  it("when other headers are asked for", async () => {
    await cutShort();
    await upload({ metadata: { a: "1" } });
    expect(await begunAnew()).toContain(
      "because the headers or checksums asked for are others; that upload was",
    );
  });

  it("when the store has forgotten it", async () => {
    await cutShort();
    store.uploads.clear();
    await upload();
    expect(await begunAnew()).toContain(
      "The upload that an earlier run began is gone from the store.",
    );
  });

  it("when the store does not say what it holds, and says what is left", async () => {
    await cutShort();
    store.fault = (operation) => {
      if (/ListParts|AbortMultipart/.test(operation)) throw failure("PermissionDenied");
    };
    await upload();
    store.uploads.clear();
    expect(await begunAnew()).toContain(
      "does not list its parts; its parts may be left in the bucket until",
    );
  });
});

describe("a completion whose answer was lost", () => {
  it("is found to be done, and nothing is sent again", async () => {
    store.fault = (operation) => {
      if (operation === "CompleteMultipartUpload") {
        throw failure("Unavailable", { operation, outcome: "unknown" });
      }
    };
    await expect(upload()).rejects.toMatchObject({ outcome: "unknown" });
    store.fault = () => undefined;
    // The store carried it out all the same, with S3's ETag of such objects.
    const [parts] = store.uploads.values();
    const { createHash } = await import("node:crypto");
    const md5 = (data: Buffer) => createHash("md5").update(data).digest();
    const ordered = [...(parts ?? [])].map(([, part]) => md5(part));
    store.objects.set("a", { bytes, etag: `"${md5(Buffer.concat(ordered)).toString("hex")}-5"` });
    store.uploads.clear();
    const { put } = await upload();
    expect(put.etag).toBe(store.objects.get("a")?.etag);
    expect(calls("UploadPart")).toEqual([]);
    expect(await journalsLeft()).toBe(0);
  });
});

it("an object of the same size is not taken for the one that was to be completed", async () => {
  store.fault = (operation) => {
    if (operation === "CompleteMultipartUpload") throw failure("Unavailable");
  };
  await expect(upload()).rejects.toMatchObject({ code: "Unavailable" });
  store.fault = () => undefined;
  store.set("a", Buffer.alloc(bytes.length, 7));
  store.uploads.clear();
  await upload();
  expect(calls("UploadPart")).toHaveLength(5);
  expect(isStored()).toBe(true);
});

describe("nothing is remembered", () => {
  it("of one request", async () => {
    await writeFile(file, "small");
    await upload();
    await expect(readdir(state())).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("where it was not asked for", async () => {
    store.fault = (operation, key) => {
      if (operation === "UploadPart" && key === "4") throw failure("Unavailable");
    };
    const options = { partSizeBytes: partBytes, concurrency: 1 };
    const context = transferContext(store.asStore());
    await expect(uploadFile(context, file, "a", options)).rejects.toMatchObject({
      code: "Unavailable",
    });
    expect(store.uploads.size).toBe(0);
    expect(await readdir(folder)).toEqual(["file"]);
  });
});
