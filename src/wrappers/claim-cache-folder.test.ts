import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheParts, claimCacheFolder, isOwn } from "./claim-cache-folder.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "sms-claim-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const all = [...cacheParts, "CACHEDIR.TAG"].toSorted();
const entries = (path = folder) => readdirSync(path).toSorted();
const mode = (...path: string[]) => lstatSync(join(folder, ...path)).mode & 0o777;
const refusal = (message: string, remedy: string) =>
  expect.objectContaining({
    code: "InvalidArgument",
    operation: "cacheReads",
    message: expect.stringContaining(message),
    remedy: expect.stringContaining(remedy),
  });

describe("a folder for a cache", () => {
  it("is taken empty or not there yet, marked, and taken again", () => {
    for (const path of [folder, join(folder, "drafts", "new")]) {
      expect(claimCacheFolder(path)).toBe(path);
      expect(entries(path)).toEqual(all);
      const tag = readFileSync(join(path, "CACHEDIR.TAG"), "latin1");
      expect(tag.slice(0, 43)).toBe("Signature: 8a477f597d28d172789f06886806bc55");
      expect(claimCacheFolder(path)).toBe(path);
      expect(readFileSync(join(path, "CACHEDIR.TAG"), "latin1")).toBe(tag);
    }
  });

  it("is taken while another process is about to mark it", () => {
    writeFileSync(join(folder, "CACHEDIR.TAG"), "");
    claimCacheFolder(folder);
    expect(entries()).toEqual(all);
  });

  it("gets back its mark and parts where they were deleted", () => {
    claimCacheFolder(folder);
    rmSync(join(folder, "content"), { recursive: true });
    claimCacheFolder(folder);
    expect(entries()).toEqual(all);
  });

  it("is refused where it holds anything else, and nothing is changed", () => {
    const foreign: readonly (readonly [string, string])[] = [
      ["post.md", "text"],
      ["CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# of another program\n"],
      ["CACHEDIR.TAG", "x".repeat(10_000)],
    ];
    for (const [name, text] of foreign) {
      writeFileSync(join(folder, name), text);
      expect(() => claimCacheFolder(folder)).toThrow(
        refusal(`the folder ${folder} holds what is not of a cache of reads ("${name}")`, "empty"),
      );
      expect([entries(), readFileSync(join(folder, name), "utf8")]).toEqual([[name], text]);
      rmSync(join(folder, name));
    }
    for (const name of ["content", "drafts", "keys", "src"]) mkdirSync(join(folder, name));
    expect(() => claimCacheFolder(folder)).toThrow(refusal("and 1 more", "not there yet"));
    expect(entries()).toEqual(["content", "drafts", "keys", "src"]);
  });

  it("is refused where a part is a link or a file", () => {
    claimCacheFolder(folder);
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    for (const part of cacheParts) {
      const path = join(folder, part);
      rmSync(path, { recursive: true });
      symlinkSync(elsewhere, path);
      expect(() => claimCacheFolder(folder)).toThrow(refusal(`${path} is a link`, `rm ${path}`));
      rmSync(path);
      writeFileSync(path, "");
      expect(() => claimCacheFolder(folder)).toThrow(refusal(`${path} is no folder`, "Remove"));
      rmSync(path);
    }
    symlinkSync(join(elsewhere, "nowhere"), join(folder, "keys"));
    expect(() => claimCacheFolder(folder)).toThrow(refusal("keys is a link", "Remove"));
    expect(existsSync(join(elsewhere, "nowhere"))).toBe(false);
  });

  it("is taken by way of a link, and known by its real path", () => {
    const link = join(folder, "link");
    const real = join(folder, "real");
    symlinkSync(real, link);
    mkdirSync(real);
    expect(claimCacheFolder(link)).toBe(real);
  });
});

// Windows has neither these modes nor these owners.
describe.skipIf(process.platform === "win32")("others", () => {
  it("may neither read nor write what is made", () => {
    const path = join(folder, "made");
    claimCacheFolder(path);
    expect([mode("made"), mode("made", "CACHEDIR.TAG")]).toEqual([0o700, 0o600]);
    expect(cacheParts.map((part) => mode("made", part))).toEqual([0o700, 0o700, 0o700]);
  });

  it("may not be able to write to the folder or a part of it", () => {
    for (const open of [0o777, 0o1777, 0o770, 0o702]) {
      chmodSync(folder, open);
      const shown = open.toString(8).padStart(4, "0");
      expect(() => claimCacheFolder(folder)).toThrow(
        refusal(`${folder} may be written by others (mode ${shown})`, `chmod go-w ${folder}`),
      );
      expect(entries()).toEqual([]);
    }
    chmodSync(folder, 0o755);
    claimCacheFolder(folder);
    for (const part of cacheParts) {
      const path = join(folder, part);
      chmodSync(path, 0o777);
      expect(() => claimCacheFolder(folder)).toThrow(refusal(path, `chmod go-w ${path}`));
      chmodSync(path, 0o700);
    }
    expect(claimCacheFolder(folder)).toBe(folder);
  });

  it("may not own it", () => {
    const { uid } = statSync(folder);
    expect(() => claimCacheFolder(folder, uid + 1)).toThrow(
      refusal(`${folder} belongs to user ${uid}, not to user ${uid + 1}`, "Each user needs one"),
    );
    expect(entries()).toEqual([]);
    expect(isOwn(statSync(folder), uid)).toBe(true);
    expect(isOwn(statSync(folder), uid + 1)).toBe(false);
    chmodSync(folder, 0o720);
    expect(isOwn(statSync(folder), uid)).toBe(false);
  });
});
