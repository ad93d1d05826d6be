import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exitCodeFor, exitCodes } from "../../src/cli/exit-codes.ts";
import { StorageError } from "../../src/core/errors.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import type { FileService } from "../../src/files/file-service.ts";
import { settingVariables } from "../../src/settings/variables.ts";
import { createMemoryStore } from "../../src/testing/index.ts";
import { root } from "../architecture/sources.ts";
import { readPages } from "./fences.ts";

// What the pages for those who come from elsewhere say of this side, where a look is enough to see it.

const pages = [...readPages()].filter(([path]) => path.startsWith("docs/migrate/"));

/** What stands under "What is different": rows of tables by their first cell, and the points of lists. */
const claims = pages.flatMap(([path, page]) => {
  const section = page.split("\n## What is different\n")[1] ?? "";
  const rows = section.split("\n").filter((row) => row.startsWith("| ") && !row.startsWith("| |"));
  const points = section.split("\n- ").slice(1);
  return [
    ...rows.map((row) => {
      const cells = row
        .replaceAll("\\|", "/")
        .split("|")
        .map((cell) => cell.trim());
      return { path, about: cells[1] ?? "", here: cells[3] ?? "" };
    }),
    ...points.map((text) => {
      const here = text.replaceAll(/\s+/g, " ").trim();
      return { path, about: here.split(" ").slice(0, 3).join(" "), here };
    }),
  ];
});

function claimOf(path: string, about: string): string {
  const found = claims.find(
    (claim) => claim.path === `docs/migrate/${path}.md` && claim.about === about,
  );
  expect(found, `${path}: ${about}`).toBeDefined();
  return found?.here ?? "";
}

async function withFiles<T>(use: (files: FileService) => Promise<T>): Promise<T> {
  const files = createFileService(createMemoryStore());
  try {
    for (const key of ["exp-1/a.tsv", "exp-1/b.tsv", "exp-10/c.tsv", "a//b"]) {
      await files.uploadBytes("x", key);
    }
    return await use(files);
  } finally {
    await files.close();
  }
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => "no error",
    (error: unknown) => (error as StorageError).code,
  );
}

const keysOf = async (files: FileService, path: string, options?: { prefixMode: "raw" }) =>
  (await files.getListing(path, options)).map(({ Key }) => Key);

const codeFor = (code: StorageError["code"]) => exitCodeFor(new StorageError(code, "x"));

it.each<[string, string, string, (files: FileService) => Promise<unknown>, unknown]>([
  [
    "from-boto3",
    "errors",
    "a missing key is `NotFound` of every call",
    (files) =>
      Promise.all(
        [
          files.read("none"),
          files.stat("none"),
          files.downloadFile("none"),
          files.copy("none", "b"),
          files.move("none", "b"),
          files.getModifiedDate("none"),
          files.getTags("none"),
        ].map(codeOf),
      ),
    Array.from({ length: 7 }, () => "NotFound"),
  ],
  [
    "from-boto3",
    "a listing",
    "`limit` throws when there are more",
    async (files) => (await codeOf(files.getListing("exp-1", { limit: 1 }))) !== "no error",
    true,
  ],
  [
    "from-boto3",
    "`Prefix`",
    "a folder: `exp-1` means `exp-1/`",
    (files) => keysOf(files, "exp-1"),
    ["exp-1/a.tsv", "exp-1/b.tsv"],
  ],
  [
    "from-boto3",
    "`Prefix`",
    '`prefixMode: "raw"` for any text',
    (files) => keysOf(files, "exp-1", { prefixMode: "raw" }),
    ["exp-1/a.tsv", "exp-1/b.tsv", "exp-10/c.tsv"],
  ],
  [
    "from-boto3",
    "failures of `delete_objects`",
    "`deletePrefix` counts them in `failed`",
    async (files) => (await files.deletePrefix("exp-1")).failed,
    0,
  ],
  ["from-flydrive", "keys", "exact S3 keys", (files) => keysOf(files, "a//"), ["a//b"]],
  [
    "from-flydrive",
    "`listAll`",
    "`pages()` with a cursor",
    async (files) => {
      for await (const page of files.list("exp-1").pages()) return Object.keys(page).length > 0;
      return false;
    },
    true,
  ],
  [
    "from-python",
    "a key",
    '`""` or `/` lists the root',
    async (files) => [(await keysOf(files, "")).length, (await keysOf(files, "/")).length],
    [4, 4],
  ],
  [
    "from-python",
    "result of an upload",
    "`{ Key, ETag, Size, VersionId?, checksum? }`",
    async (files) => await files.uploadBytes("x", "k"),
    expect.objectContaining({ Key: "k", ETag: expect.any(String), Size: 1 }),
  ],
  [
    "from-python",
    "missing object in `get_file_contents`",
    "`null` when it is proven to be missing",
    (files) => files.getFileContents("none"),
    null,
  ],
  [
    "from-python",
    "missing object in `delete_file`",
    "no error; `{ mustExist: true }` throws `NotFound`",
    async (files) => [
      await codeOf(files.deleteFile("none")),
      await codeOf(files.deleteFile("none", { mustExist: true })),
    ],
    ["no error", "NotFound"],
  ],
])("%s: %s: %s", async (path, about, words, see, wanted) => {
  expect(claimOf(path, about)).toContain(words);
  expect(await withFiles(see)).toEqual(wanted);
});

it.each([
  ["`rm -r` asks", "9", exitCodes.confirmationRequired],
  ["`exists` ends with", "3 for not there", codeFor("NotFound")],
  ["`exists` ends with", "a refused look or expired keys are 5", codeFor("PermissionDenied")],
  ["`exists` ends with", "5 and 4", codeFor("Unauthenticated")],
  ["Some of many", "exit code 7", exitCodes.partial],
])("from-aws-cli: %s: %s", (about, words, code) => {
  expect(claimOf("from-aws-cli", about)).toContain(words);
  expect(words).toContain(String(code));
});

it("the time of repeats is the default of its setting", () => {
  const { default: seconds } =
    settingVariables.find(({ name }) => name === "STORAGE_RETRY_SECONDS") ?? {};
  const said = claims.filter(({ about }) => about === "repeats").map(({ here }) => here);
  expect(said.map((here) => /^for (\d+) s/.exec(here)?.[1])).toEqual(said.map(() => seconds));
  expect(said).toHaveLength(3);
});

it("every name that they say of this side is one", () => {
  const declared = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".d.ts"))
    .map((path) => readFileSync(join(root, "dist", path), "utf8"))
    .join("\n");
  const names = new Set([...declared.matchAll(/\w+/g)].map(([name]) => name));
  for (const { name } of settingVariables) names.add(name);
  const unknown = claims
    .filter(({ path }) => !path.endsWith("from-aws-cli.md"))
    .flatMap(({ path, here }) =>
      [...here.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) =>
        [...code.replaceAll(/"[^"]*"/g, "").matchAll(/[A-Za-z_]\w+(?!\w*\*)/g)].map(
          ([name]) => `${path} ${name}`,
        ),
      ),
    )
    .filter((place) => !names.has(place.split(" ")[1] ?? ""));
  expect(unknown).toEqual([]);
});
