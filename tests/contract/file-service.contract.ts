import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../src/core/object-store.ts";
import type { FileService } from "../../src/files/file-service.ts";

const mib = 1024 * 1024;

export interface OpenedService {
  readonly service: FileService;
  /** The store below the service, on the same bucket. */
  readonly store: ObjectStore;
  /** Closes both, and whatever was started for them. */
  close(): Promise<void>;
}

export interface ContractOptions {
  /**
   * Tests that this store cannot pass, by name, each with the reason. They run all the same, and one
   * that passes fails the suite, so that a skip does not outlive its reason.
   */
  readonly skip?: Readonly<Record<string, string>>;
  readonly etagOfThreeParts?: RegExp; // Default: S3's.
}

const oddKeys: Readonly<Record<string, string>> = {
  "a plain path": "results/run-1.tsv",
  "hive partitions": "variant=0/plots/analysis=3/x.tsv",
  "a plus and a space": "a+b c",
  "percent signs": "100%/%2e%2e/%20",
  "several slashes": "a//b///c",
  dots: "a/../b/./c",
  unicode: "日本語/ünïcödé/😀",
  "XML and URL characters": `<&>"'?#;:@$,[]{}|\\^\``,
  "a trailing slash": "directory/",
};

/** What every file service promises, whatever store is below it. Leaves the bucket as it was. */
export function fileServiceContract(
  name: string,
  open: () => Promise<OpenedService>,
  options: ContractOptions = {},
): void {
  describe(`file service on ${name}`, () => {
    const skipped = new Map(Object.entries(options.skip ?? {}));
    const root = `contract-${randomUUID()}`;
    let opened: OpenedService;
    let service: FileService;
    let localFolder: string;

    beforeAll(async () => {
      opened = await open();
      service = opened.service;
      localFolder = await mkdtemp(path.join(tmpdir(), "sms-contract-"));
    });

    afterAll(async () => {
      const left = await service.getListing(root);
      const { errors } = await service.deleteMany(left.map(({ Key }) => Key));
      await opened.close();
      await rm(localFolder, { recursive: true, force: true });
      expect(errors).toEqual([]);
      expect([...skipped.keys()]).toEqual([]);
    });

    function check(title: string, run: (folder: string) => Promise<void>): void {
      const reason = skipped.get(title);
      skipped.delete(title);
      const note = reason === undefined ? "" : ` (not here: ${reason})`;
      it(`${title}${note}`, async () => {
        const failure: unknown = await run(`${root}/${randomUUID()}`).catch(
          (error: unknown) => error,
        );
        if (reason === undefined && failure !== undefined) throw failure;
        // A skipped test that passes: its reason is gone.
        expect(failure === undefined).toBe(reason === undefined);
      });
    }

    const local = (): string => path.join(localFolder, randomUUID());

    for (const [kind, odd] of Object.entries(oddKeys)) {
      check(`keeps a key of ${kind}`, async (folder) => {
        const key = `${folder}/${odd}`;
        await roundTrip(key, `${folder}/`);
      });
    }

    check("keeps a key with a leading slash", async (folder) => {
      await roundTrip(`/${folder}/x`, `/${folder}/`);
    });

    check("keeps a key of 1,024 bytes", async (folder) => {
      const start = `${folder}/`;
      const filler = "long-segment/".repeat(100);
      await roundTrip((start + filler).slice(0, 1023) + "x", start);
    });

    async function roundTrip(key: string, directory: string): Promise<void> {
      const bytes = Buffer.from(`contents of ${key}`);
      const before = Date.now();
      const uploaded = await service.uploadBytes(bytes, key);
      expect(uploaded).toMatchObject({ Key: key, Size: bytes.length });
      expect(await service.getFileContents(key)).toEqual(bytes);
      const [item, ...others] = await service.getListing(directory);
      expect(others).toEqual([]);
      expect(item).toMatchObject({ Key: key, Size: bytes.length, ETag: uploaded.ETag });
      const modified = await service.getModifiedDate(key);
      expect(Math.abs(modified.getTime() - before)).toBeLessThan(60_000);
      expect(item?.LastModified).toBeInstanceOf(Date);
      const [answeredKey, localPath] = await service.downloadFile(key, local());
      expect(answeredKey).toBe(key);
      expect(await readFile(localPath)).toEqual(bytes);
      expect(await service.exists(key)).toBe(true);
      await service.deleteFile(key);
      expect(await service.exists(key)).toBe(false);
      expect(await service.getListing(directory)).toEqual([]);
    }

    check("takes every kind of contents", async (folder) => {
      const text = "héllo";
      const bytes = Buffer.from(text);
      const shared = Uint8Array.from([0, ...bytes, 0]).subarray(1, -1);
      const kinds = [text, bytes, Uint8Array.from(bytes).buffer, new Blob([text]), shared];
      for (const contents of kinds) {
        await service.uploadBytes(contents, `${folder}/a`);
        expect(await service.getFileContents(`${folder}/a`)).toEqual(bytes);
      }
    });

    check("keeps content type and metadata, and tells them", async (folder) => {
      await service.uploadBytes("x", `${folder}/a`, {
        contentType: "chemical/x-pdb",
        metadata: { run: "7", note: "two words" },
      });
      expect(await service.stat(`${folder}/a`)).toMatchObject({
        Key: `${folder}/a`,
        Size: 1,
        ContentType: "chemical/x-pdb",
        Metadata: { run: "7", note: "two words" },
      });
    });

    check("stores, lists and downloads an empty file", async (folder) => {
      const key = `${folder}/empty`;
      const source = local();
      await writeFile(source, "");
      await service.uploadFile(source, key);
      expect(await service.getFileContents(key)).toEqual(Buffer.alloc(0));
      expect(await service.getListing(folder)).toMatchObject([{ Key: key, Size: 0 }]);
      const [, target] = await service.downloadFile(key, local());
      expect((await stat(target)).size).toBe(0);
      expect(await service.exists(key)).toBe(true);
    });

    check("answers for a missing file as promised", async (folder) => {
      const key = `${folder}/missing`;
      const target = local();
      expect(await service.getFileContents(key)).toBeNull();
      expect(await service.exists(key)).toBe(false);
      expect(await service.getListing(folder)).toEqual([]);
      await expect(service.getModifiedDate(key)).rejects.toMatchObject({ code: "NotFound", key });
      await expect(service.stat(key)).rejects.toMatchObject({ code: "NotFound" });
      await expect(service.downloadFile(key, target)).rejects.toMatchObject({ code: "NotFound" });
      await expect(stat(target)).rejects.toMatchObject({ code: "ENOENT" });
      await expect(service.copy(key, `${key}-2`)).rejects.toMatchObject({ code: "NotFound" });
      await expect(service.deleteFile(key)).resolves.toBeUndefined();
      await expect(service.deleteFile(key, { mustExist: true })).rejects.toMatchObject({
        code: "NotFound",
      });
    });

    check("replaces a file", async (folder) => {
      const key = `${folder}/a`;
      const first = await service.uploadBytes("first", key);
      const second = await service.uploadBytes("the second", key);
      expect(second.ETag).not.toBe(first.ETag);
      expect(await service.getFileContents(key)).toEqual(Buffer.from("the second"));
      expect(await service.getListing(folder)).toMatchObject([{ Key: key, Size: 10 }]);
    });

    check("lists a directory, never its siblings", async (folder) => {
      const keys = ["foo/a", "foo/b/c", "foo2/d", "foo"];
      for (const key of keys) await service.uploadBytes(key, `${folder}/${key}`);
      const names = async (prefix: string, raw = false): Promise<string[]> => {
        const prefixMode = raw ? "raw" : "directory";
        const items = await service.getListing(prefix, { prefixMode });
        return items.map(({ Key }) => Key.slice(folder.length + 1)).sort();
      };
      expect(await names(`${folder}/foo`)).toEqual(["foo/a", "foo/b/c"]);
      expect(await names(`${folder}/foo/`)).toEqual(["foo/a", "foo/b/c"]);
      expect(await names(`${folder}/foo`, true)).toEqual(["foo", "foo/a", "foo/b/c", "foo2/d"]);
      expect(await names(`${folder}/foo/a`)).toEqual([]);
      const level = await service.listDirectory(`${folder}/foo`);
      expect(level.files.map(({ Key }) => Key)).toEqual([`${folder}/foo/a`]);
      expect(level.directories).toEqual([`${folder}/foo/b/`]);
      await expect(service.getListing(folder, { limit: 3 })).rejects.toMatchObject({
        code: "InvalidArgument",
      });
      await expect(service.getListing(folder, { limit: 4 })).resolves.toHaveLength(4);
    });

    check("lists the root for an empty path and for a slash", async (folder) => {
      await service.uploadBytes("x", `${folder}/a`);
      for (const everything of ["", "/"]) {
        const items = await service.getListing(everything);
        expect(items.map(({ Key }) => Key)).toContain(`${folder}/a`);
      }
    });

    check(
      "lists more than a page, whole and without doubles, and deletes it all",
      async (folder) => {
        const keys = Array.from({ length: 1203 }, (_, n) => `${folder}/many/${n}`);
        for (let start = 0; start < keys.length; start += 50) {
          await Promise.all(
            keys.slice(start, start + 50).map((key) => service.uploadBytes("x", key)),
          );
        }
        const listed = await service.getListing(`${folder}/many`);
        expect(listed.map(({ Key }) => Key).sort()).toEqual(keys.toSorted());
        const { deleted, errors } = await service.deleteMany(keys);
        expect(errors).toEqual([]);
        expect(deleted).toEqual(keys);
        expect(await service.getListing(`${folder}/many`)).toEqual([]);
      },
    );

    check("reads ranges and ends early", async (folder) => {
      const key = `${folder}/ten`;
      await service.uploadBytes("0123456789", key);
      const part = async (range: { first: number; last?: number } | { suffixLength: number }) => {
        const { body, stat: found } = await service.read(key, { range });
        expect(found.Size).toBe(10);
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk);
        return Buffer.concat(chunks).toString();
      };
      expect(await part({ first: 2, last: 5 })).toBe("2345");
      expect(await part({ first: 7 })).toBe("789");
      expect(await part({ suffixLength: 3 })).toBe("789");
      await expect(service.read(key, { range: { first: 10 } })).rejects.toMatchObject({
        code: "RangeNotSatisfiable",
      });
      await expect(service.read(key, { ifMatch: '"another"' })).rejects.toMatchObject({
        code: "PreconditionFailed",
      });
    });

    check("creates only when asked to", async (folder) => {
      const key = `${folder}/once`;
      await service.uploadBytes("first", key, { ifAbsent: true });
      await expect(service.uploadBytes("second", key, { ifAbsent: true })).rejects.toMatchObject({
        code: "AlreadyExists",
        key,
      });
      expect(await service.getFileContents(key)).toEqual(Buffer.from("first"));
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) =>
          service.uploadBytes(`writer ${n}`, `${folder}/race`, { ifAbsent: true }),
        ),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    check("replaces only the ETag asked for", async (folder) => {
      const key = `${folder}/pinned`;
      const { ETag } = await service.uploadBytes("first", key);
      await service.uploadBytes("second", key, { ifMatch: ETag });
      const stale = service.uploadBytes("third", key, { ifMatch: ETag });
      await expect(stale).rejects.toMatchObject({ code: "PreconditionFailed" });
      const missing = service.uploadBytes("x", `${folder}/none`, { ifMatch: ETag });
      await expect(missing).rejects.toMatchObject({ code: "PreconditionFailed" });
      expect(await service.getFileContents(key)).toEqual(Buffer.from("second"));
    });

    check("copies on the server", async (folder) => {
      const from = `${folder}/a b+c/é`;
      await service.uploadBytes("copied", from, { metadata: { run: "7" } });
      const copied = await service.copy(from, `${folder}/copy`);
      expect(copied).toMatchObject({ Key: `${folder}/copy`, Size: 6 });
      expect(await service.getFileContents(`${folder}/copy`)).toEqual(Buffer.from("copied"));
      expect((await service.stat(`${folder}/copy`)).Metadata).toEqual({ run: "7" });
    });

    check("carries a large file in parts, both ways", async (folder) => {
      const key = `${folder}/large`;
      const bytes = randomBytes(21 * mib + 4321);
      const source = local();
      await writeFile(source, bytes);
      const progress: number[] = [];
      const onProgress = ({ doneBytes }: { doneBytes: number }) => progress.push(doneBytes);
      const contentType = "application/x-large";
      const uploaded = await service.uploadFile(source, key, { contentType, onProgress });
      expect(uploaded.ETag).toMatch(options.etagOfThreeParts ?? /-3"$/);
      expect(progress.at(-1)).toBe(bytes.length);
      expect(await service.stat(key)).toMatchObject({
        Size: bytes.length,
        ContentType: "application/x-large",
      });
      const [, target] = await service.downloadFile(key, path.join(local(), "new", "large"));
      expect(bytes.equals(await readFile(target))).toBe(true);
      expect(await readdir(path.dirname(target))).toEqual(["large"]);
      expect(bytes.equals((await service.getFileContents(key)) ?? Buffer.alloc(0))).toBe(true);
      expect((await opened.store.listMultipartUploads({ prefix: key })).uploads).toEqual([]);
    });

    check("streams a part of a large file", async (folder) => {
      const key = `${folder}/large`;
      const bytes = randomBytes(6 * mib);
      await service.uploadBytes(bytes, key, { partSizeBytes: 5 * mib });
      const { body } = await service.read(key, {
        range: { first: 5 * mib - 10, last: 5 * mib + 9 },
      });
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      expect(Buffer.concat(chunks)).toEqual(bytes.subarray(5 * mib - 10, 5 * mib + 10));
    });

    check("leaves nothing behind when it is stopped", async (folder) => {
      const key = `${folder}/stopped`;
      const controller = new AbortController();
      const upload = service.uploadBytes(randomBytes(40 * mib), key, {
        signal: controller.signal,
        concurrency: 1,
        onProgress: () => controller.abort(),
      });
      await expect(upload).rejects.toMatchObject({ code: "Aborted" });
      expect(await service.exists(key)).toBe(false);
      expect((await opened.store.listMultipartUploads({ prefix: key })).uploads).toEqual([]);
    });

    check("serves many callers at once", async (folder) => {
      const keys = Array.from({ length: 60 }, (_, n) => `${folder}/c/${n}`);
      await Promise.all(keys.map((key) => service.uploadBytes(`of ${key}`, key)));
      const contents = await Promise.all(keys.map((key) => service.getFileContents(key)));
      expect(contents.map(String)).toEqual(keys.map((key) => `of ${key}`));
    });

    check("lets one of many writers of a key win, whole", async (folder) => {
      const writers = Array.from("0123456789ab", (text) => text.repeat(100_000));
      await Promise.all(writers.map((text) => service.uploadBytes(text, `${folder}/one`)));
      expect(writers).toContain(String(await service.getFileContents(`${folder}/one`)));
    });

    check("takes s3:// addresses of its own bucket only", async (folder) => {
      const uri = `s3://${service.bucket}/${folder}/a`;
      expect(await service.uploadBytes("x", uri)).toMatchObject({ Key: `${folder}/a` });
      expect(await service.getListing(`s3://${service.bucket}/${folder}`)).toHaveLength(1);
      await expect(service.stat("s3://another-bucket/a")).rejects.toMatchObject({
        code: "InvalidArgument",
      });
    });

    check("downloads to a temporary file of its own", async (folder) => {
      await service.uploadBytes("x", `${folder}/table.tsv`);
      const [, first] = await service.downloadFile(`${folder}/table.tsv`);
      const [, second] = await service.downloadFile(`${folder}/table.tsv`);
      expect(first).not.toBe(second);
      expect(path.extname(first)).toBe(".tsv");
      expect(await readFile(first, "utf8")).toBe("x");
    });

    check("refuses local targets and sources that are no files", async (folder) => {
      const key = `${folder}/a`;
      await service.uploadBytes("x", key);
      const directory = local();
      const link = local();
      await mkdir(directory);
      await writeFile(`${link}-target`, "old");
      await symlink(`${link}-target`, link);
      for (const target of [
        directory,
        `${directory}/`,
        link,
        path.join(`${link}-target`, "below"),
      ]) {
        await expect(service.downloadFile(key, target)).rejects.toMatchObject({
          code: "InvalidArgument",
        });
      }
      for (const source of [directory, `${directory}/none`]) {
        await expect(service.uploadFile(source, key)).rejects.toMatchObject({
          code: "InvalidArgument",
        });
      }
      expect(await readdir(directory)).toEqual([]);
      expect(await readFile(`${link}-target`, "utf8")).toBe("old");
    });

    check("refuses keys that S3 has not", async () => {
      for (const key of ["", "x".repeat(1025), "é".repeat(513), "\ud800"]) {
        await expect(service.uploadBytes("x", key)).rejects.toMatchObject({ code: "InvalidKey" });
        await expect(service.getFileContents(key)).rejects.toMatchObject({ code: "InvalidKey" });
      }
    });
  });
}
