import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

/** A service as plain JavaScript sees it: any method, any arguments. */
function open() {
  const store = new MemoryStore();
  store.set("a", "0123456789");
  const service = createFileService(store.asStore());
  const methods = service as unknown as Record<string, (...args: unknown[]) => unknown>;
  const call = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = methods[name]?.(...args);
    if (!["list", "versions", "watch"].includes(name)) return answer;
    for await (const _item of answer as AsyncIterable<unknown>) {
      // It never ends by itself.
      if (name === "watch") break;
    }
    return undefined;
  };
  return { store, call };
}

/** What it was refused with; any other error or none fails the test that looks at it. */
async function refusal(name: string, args: readonly unknown[]): Promise<string> {
  const { store, call } = open();
  const error: unknown = await call(name, args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isStorageError(error, "InvalidArgument")) return `${String(error)}, log ${store.log.join()}`;
  // Before any request.
  expect(store.log).toEqual([]);
  return error.message;
}

async function* chunks(...values: unknown[]) {
  yield* values;
}

/** Good first arguments of each method, its options left out. */
const methods: Readonly<Record<string, readonly unknown[]>> = {
  uploadBytes: ["x", "a"],
  uploadFile: ["file", "a"],
  uploadStream: [chunks(), "a"],
  write: ["a", "x"],
  downloadFile: ["a", tmpdir()],
  getFileContents: ["a"],
  getListing: ["a"],
  getModifiedDate: ["a"],
  deleteFile: ["a"],
  exists: ["a"],
  stat: ["a"],
  read: ["a"],
  list: ["a"],
  listDirectory: ["a"],
  copy: ["a", "b"],
  move: ["a", "b"],
  streamArchive: ["a"],
  extractArchive: [chunks(), "a"],
  openRandomAccess: ["a"],
  watch: ["a"],
  deleteMany: [["a"]],
  deletePrefix: ["a"],
  uploadDirectory: [import.meta.dirname, "a"],
  downloadDirectory: ["a", tmpdir()],
  syncDirectory: ["down", import.meta.dirname, "a"],
  getTags: ["a"],
  setTags: ["a", { run: "7" }],
  deleteTags: ["a"],
  signedUrl: ["a"],
  signedForm: ["a"],
  versions: ["a"],
  restore: ["a"],
  restorePrefix: ["a"],
};
const uploads = ["uploadBytes", "uploadFile", "uploadStream"];
/** Of each that does not begin with its path: where that stands. */
const pathAt: Readonly<Record<string, number>> = { uploadDirectory: 1, syncDirectory: 2 };
const readers = [
  "getFileContents",
  "stat",
  "read",
  "downloadFile",
  "deleteFile",
  "copy",
  "restore",
  "openRandomAccess",
];
const directories = ["uploadDirectory", "downloadDirectory", "syncDirectory"];
const every = Object.keys(methods);
const timed = every.filter((name) => name !== "watch");
const listings = ["getListing", "list", "listDirectory"];

/** Option, the methods that have it, values that it must not take. */
const wrongOptions: readonly (readonly [string, readonly string[], readonly unknown[]])[] = [
  ["signal", every, ["stop", {}, new AbortController(), null]],
  ["timeoutMs", timed, ["5", 0, -1, Number.NaN, null]],
  ["versionId", readers, ["", 5, null]],
  [
    "range",
    ["read"],
    [
      { first: 5, last: 1 },
      { first: -3 },
      { first: 0, last: 0.5 },
      { first: Number.NaN },
      { first: "0" },
      { last: 5 },
      { suffixLength: -3 },
      { suffixLength: 0 },
      { first: 0, suffixLength: 1 },
      { start: 0, end: 5 },
      {},
      [0, 5],
      "bytes=0-5",
      null,
    ],
  ],
  ["ifMatch", ["read", "deleteFile", ...uploads], ["", 5, null]],
  [
    "sse",
    [...uploads, "copy", "move"],
    ["aes256", "foo", "none", "", 5, {}, { kms: 5 }, { key: "k" }, null],
  ],
  ["replace", [...uploads, "copy", "move"], ["never", true, null]],
  ["ifAbsent", [...uploads, "copy", "move"], ["yes", 1, null]],
  ["checksum", uploads, ["md5", "crc32", true, null]],
  ["partSizeBytes", uploads, [1, 5 * 2 ** 20 + 0.5, 6 * 2 ** 30, "8MiB", Number.NaN]],
  ["onProgress", [...uploads, "deletePrefix", "getFileContents", "copy"], [true, {}, null]],
  ["onProgress", ["move", "deleteMany", "restorePrefix", "downloadFile"], [true, {}, null]],
  ["memoryFolder", ["syncDirectory"], ["", 5, null]],
  [
    "concurrency",
    [...uploads, "downloadFile", "streamArchive"],
    [0, -1, 1.5, Number.POSITIVE_INFINITY, 1e9, "4"],
  ],
  ["onProgress", ["streamArchive"], [true, {}, null]],
  ["contentType", uploads, [5, "text/plain\r\nx-evil: 1", null]],
  ["cacheControl", uploads, [5, "a\nb"]],
  [
    "metadata",
    uploads,
    [
      "a=b",
      ["a"],
      new Map([["a", "b"]]),
      { run: 5 },
      { run: true },
      { run: null },
      { run: ["a"] },
      { run: "a\u0000" },
      { "a b": "c" },
      { "": "c" },
      { ä: "c" },
      null,
    ],
  ],
  ["keepModifiedTime", ["downloadFile"], ["yes", 1]],
  ["sourceStore", ["copy"], ["bucket", {}, null]],
  ["mustExist", ["deleteFile"], ["yes", 1]],
  ["method", ["signedUrl"], ["get", "POST", 5]],
  ["expiresInSeconds", ["signedUrl", "signedForm"], [0, 604_801, 1.5, "60"]],
  ["answer", ["signedUrl"], ["x", { contentDisposition: "a\nb" }, { storageClass: "x" }, null]],
  ["anyName", ["signedForm"], ["yes", 1]],
  ["maxBytes", ["signedForm"], [-1, 6 * 2 ** 30, "5"]],
  ["include", directories, ["*.tsv", [""], [5], null]],
  ["onFailure", directories, ["ignore", true]],
  ["delete", ["syncDirectory"], ["yes", 1]],
  ["maxDelete", ["syncDirectory"], [-1, 1.5]],
  ["compare", ["syncDirectory"], ["time", true]],
  ["cursor", ["list", "watch"], ["", 5, {}, null]],
  ["pageSize", ["list"], [0, 1001, "5", null]],
  ["delimiter", ["list"], ["", 5]],
  ["startAfter", ["list"], ["", 5]],
  ["versions", ["list", "deletePrefix"], ["yes", 1]],
  ["dryRun", ["deletePrefix", "restorePrefix"], ["yes", 1]],
  ["maxObjects", ["deletePrefix"], [-1, 1.5, "5"]],
  ["confirm", ["deletePrefix"], [true, "test-bucket"]],
  ["asOf", ["restore", "restorePrefix"], ["2026-01-01", 5, new Date(Number.NaN)]],
  ["prefixMode", [...listings, "deletePrefix", "restorePrefix"], ["Raw", "prefix", true]],
  ["directories", listings, ["skip", false]],
  ["format", ["streamArchive", "extractArchive"], ["tgz", "", 5, null]],
  ["include", ["streamArchive", "extractArchive"], ["*.tsv", [""], [5], ["x".repeat(1025)], null]],
  ["exclude", ["streamArchive", "extractArchive"], ["*.tsv", [""], [5], null]],
  ["filter", ["streamArchive"], ["*.tsv", /x/, null]],
  ["root", ["streamArchive"], [5, null]],
  ["onMissing", ["streamArchive"], ["skip", true]],
  ["manifest", ["streamArchive"], ["", 5, null]],
  ["existing", ["watch"], ["yes", 1]],
  ["intervalMs", ["watch"], [-1, 1.5, 1e12, "5"]],
  ["onUnsafe", ["extractArchive"], ["skip", true]],
  ["maxEntries", ["extractArchive"], [0, -1, 1.5, "5"]],
  ["maxBytes", ["extractArchive"], [-1, 1.5, "5"]],
  ["maxRatio", ["extractArchive"], [0, 1.5, "5"]],
  ["allowEmpty", [...directories, "streamArchive"], ["yes", 1]],
  ["level", ["streamArchive"], [-1, 10, 1.5, "6"]],
  ["limit", listings, [0, -1, 1.5, Number.NaN, "5"]],
];

const optionCases = wrongOptions.flatMap(([option, names, values]) =>
  names.map((name) => ({ option, name, values })),
);

describe("an option", () => {
  it.each(optionCases)("$option of $name is checked", async ({ option, name, values }) => {
    for (const value of values) {
      const message = await refusal(name, [...(methods[name] ?? []), { [option]: value }]);
      expect(message).toContain(`${name}: the option ${option} must be `);
    }
  });

  it.each(timed)("of %s that is misspelt is none", async (name) => {
    const { store, call } = open();
    const asked = call(name, [...(methods[name] ?? []), { timeoutMS: 5 }]);
    await expect(asked).rejects.toMatchObject({
      code: "InvalidArgument",
      message: `${name} has no option "timeoutMS".`,
      remedy: "Did you mean timeoutMs?",
    });
    expect(store.log).toEqual([]);
  });

  it.each(every)(
    "of %s may be undefined, all of them together nothing but an object",
    async (name) => {
      for (const value of ["text/plain", 5, null, [], () => undefined]) {
        expect(await refusal(name, [...(methods[name] ?? []), value])).toContain(
          "must be an object",
        );
      }
      const { call } = open();
      const given = [...(methods[name] ?? []), { signal: undefined, timeoutMs: undefined }];
      const error: unknown = await call(name, given).catch((thrown: unknown) => thrown);
      expect(String(error)).not.toContain("option");
    },
  );

  it("is taken when it is right", async () => {
    const { store, call } = open();
    const upload = {
      sse: { kms: "" },
      metadata: { run: "5", "x-y": "ü" },
      checksum: "SHA256",
      partSizeBytes: 5 * 2 ** 20,
      concurrency: 1000,
      replace: "direct",
      timeoutMs: Number.POSITIVE_INFINITY,
    };
    await call("uploadBytes", ["x", "a", upload]);
    for (const range of [{ first: 0 }, { first: 0, last: 0 }, { first: 0, last: undefined }]) {
      await call("read", ["a", { range }]);
    }
    expect(store.log).toEqual(["PutObject a", "GetObject a", "GetObject a", "GetObject a"]);
  });
});

describe("a path", () => {
  const nothings = [undefined, null, 5, {}, ["a"], Buffer.from("a"), new URL("s3://bkt/a")];

  const seconds = [...uploads, "extractArchive"];
  it.each(every.filter((name) => !seconds.includes(name)))("of %s is a string", async (name) => {
    const good = methods[name] ?? [];
    for (const value of nothings) {
      const given = name === "deleteMany" ? [["a", value]] : good.with(pathAt[name] ?? 0, value);
      expect(await refusal(name, given)).toContain("the path must be a string");
    }
  });

  it.each(seconds)("of %s is a string", async (name) => {
    const [first] = methods[name] ?? [];
    for (const value of nothings) {
      expect(await refusal(name, [first, value])).toContain("the path must be a string");
    }
  });

  it("of the local disk is a string or a file: URL", async () => {
    for (const value of [null, 5, {}, new URL("https://example.com/a"), "a\0b", ""]) {
      expect(await refusal("uploadFile", [value, "a"])).toContain("the local path must be a path");
      expect(await refusal("downloadFile", ["a", value])).toContain(
        "the local path must be a path",
      );
      for (const name of directories) {
        const given = (methods[name] ?? []).with(name === "uploadDirectory" ? 0 : 1, value);
        expect(await refusal(name, given)).toContain(`${name}: the local path must be a path`);
      }
    }
  });

  it("of tags is an object of strings", async () => {
    for (const value of [["a"], { run: 5 }, "a=b", null]) {
      expect(await refusal("setTags", ["a", value])).toContain("the tags must be");
    }
  });

  it("of an archive is one of three", async () => {
    for (const value of [
      null,
      "a",
      5,
      {},
      { file: "a", path: "b" },
      { path: 5 },
      Buffer.from("a"),
    ]) {
      expect(await refusal("extractArchive", [value, "a"])).toMatch(/archive must be (an? )/);
    }
  });

  it("list of deleteMany is an array", async () => {
    for (const value of ["ab", null, new Set(["a"]), { 0: "a" }]) {
      expect(await refusal("deleteMany", [value])).toContain("the paths must be an array");
    }
  });
});

describe("contents", () => {
  const wide = new Uint16Array([0x4141, 0x4242, 0x4343]).subarray(1);
  const bytes = Buffer.from(wide.buffer, 2, 4);

  it.each([
    ["a view of wide elements", wide, bytes],
    ["a DataView", new DataView(wide.buffer, 2, 4), bytes],
    ["a buffer", new Uint8Array(bytes).buffer, bytes],
    ["shared memory", new SharedArrayBuffer(2), Buffer.alloc(2)],
    ["a Blob", new Blob([wide]), bytes],
    ["a string", "ü", Buffer.from("ü")],
  ])("that are %s are stored whole", async (_name, contents, expected) => {
    const { store, call } = open();
    await call("uploadBytes", [contents, "b"]);
    expect(store.objects.get("b")?.bytes).toEqual(expected);
  });

  it.each([[42], [null], [undefined], [true], [{}], [[1, 2, 3]], [new Map()], [() => "x"]])(
    "that are %s are refused",
    async (contents) => {
      expect(await refusal("uploadBytes", [contents, "b"])).toContain("the contents must be");
    },
  );

  it("of a stream are stored whole, of whatever views", async () => {
    const { store, call } = open();
    await call("uploadStream", [chunks(wide, new Float64Array([1]), Buffer.from("x")), "b"]);
    const whole = Buffer.concat([
      bytes,
      Buffer.from(new Float64Array([1]).buffer),
      Buffer.from("x"),
    ]);
    expect(store.objects.get("b")?.bytes).toEqual(whole);
  });

  it.each([["text"], [5], [null], [[1, 2]], [{}]])(
    "of a stream are refused when a chunk is %j",
    async (chunk) => {
      const message = await refusal("uploadStream", [chunks(Buffer.from("x"), chunk), "b"]);
      expect(message).toContain("each chunk of the stream must be bytes");
    },
  );

  it.each([[42], [null], [undefined], [true], [{}], [() => "x"]])(
    "that are %s are not written",
    async (contents) => {
      expect(await refusal("write", ["b", contents])).toContain("the contents must be");
    },
  );

  it.each([[[1, 2, 3]], [new Map([["a", 1]])], [["text"]]])(
    "that give no bytes are not written: %j",
    async (contents) => {
      expect(await refusal("write", ["b", contents])).toContain("each chunk of the stream must be");
    },
  );

  it.each([["text"], [Buffer.from("x")], [null], [5], [[Buffer.from("x")]]])(
    "of a stream that is none are refused: %j",
    async (contents) => {
      const message = await refusal("uploadStream", [contents, "b"]);
      expect(message).toContain("must be an async iterable");
    },
  );
});

describe("what was given wrongly", () => {
  it("is shown in short, and never the inside of an object", async () => {
    const given = [
      ["x".repeat(1000), `"${"x".repeat(40)}..."`],
      [{ secretAccessKey: "geheim" }, "an Object"],
      [Number.NaN, "NaN"],
      [new Date(0), "a Date"],
      [new Date(Number.NaN), "an invalid Date"],
      [null, "null"],
    ] as const;
    for (const [value, shown] of given) {
      expect(await refusal("uploadBytes", ["x", "a", { sse: value }])).toMatch(
        new RegExp(`, not ${shown.replaceAll(".", "\\.")}\\.$`),
      );
    }
  });
});
