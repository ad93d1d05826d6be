import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findViolations, folderRules, loadedBy } from "./architecture/rules.ts";
import { readSources, root } from "./architecture/sources.ts";

const sources = readSources();
const folderOf = (path: string) => path.slice(0, path.indexOf("/"));

describe("who may import whom", () => {
  it("holds for every source file", () => {
    expect(sources.size).toBeGreaterThan(10);
    expect(findViolations(sources)).toEqual([]);
  });

  it.each([
    ["core/planted.ts", 'import { x } from "../engine/x.ts";', "core may not import engine"],
    ["core/planted.ts", 'import "node:fs";', "core imports node:fs"],
    ["files/planted.ts", 'import { x } from "../client/x.ts";', "files may not import client"],
    ["setup/planted.ts", 'export { x } from "../aws/x.ts";', "setup may not import aws"],
    [
      "client/planted.ts",
      'import type { X } from "../engine/x.ts";',
      "client may not import engine",
    ],
    ["client/planted.ts", 'await import("@aws-sdk/client-s3");', "package @aws-sdk/client-s3"],
    ["client/planted.ts", "await import(name);", "package of a name made at run time"],
    ["utils/planted.ts", "export const x = 1;", "has no rule"],
  ])("finds a planted violation in %s: %s", (path, text, problem) => {
    const found = findViolations(new Map([[path, text]]));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });
});

describe("ARCHITECTURE.md", () => {
  const table = new Map<string, string>();
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  for (const [, folder = "", may = ""] of text.matchAll(/^\| `(\w+)\/` \|[^|]*\| ([^|]*) \|$/gm)) {
    table.set(folder, may);
  }
  const folders = new Set([...sources.keys()].filter((path) => path.includes("/")).map(folderOf));

  it("describes every folder, and no folder that is not there", () => {
    expect([...table.keys()].sort()).toEqual([...folders].sort());
  });

  it.each([...folders])("says of %s/ what the rules say", (folder) => {
    const rule = folderRules[folder]?.folders ?? [];
    const sayings: Readonly<Record<string, string>> = {
      core: "nothing",
      disk: "nothing",
      cli: "all but console and testing",
    };
    expect(table.get(folder)).toBe(sayings[folder] ?? rule.join(", "));
  });
});

describe("the server's view of a request", () => {
  /** Node's drops headers beyond a count and chooses among doubled ones, unlike a signature. */
  const nodesView = /\brequest\.headers(?:Distinct)?\b/;

  it("is never node's parsed headers", () => {
    const server = [...sources].filter(([path]) => path.startsWith("server/"));
    expect(server.filter(([, text]) => nodesView.test(text)).map(([path]) => path)).toEqual([]);
    expect(nodesView.test("const host = exchange.request.headers.host;")).toBe(true);
  });
});

describe("what an import of an entry point loads", () => {
  it("the main entry loads no npm package", () => {
    expect([...loadedBy("index.ts", sources).packages]).toEqual([]);
  });

  it("the main entry loads neither server nor set-up, which share its composition root", () => {
    const { folders } = loadedBy("index.ts", sources);
    expect(folders).toContain("open");
    for (const heavy of ["aws", "engine", "server", "setup", "probes", "policy", "cli"]) {
      expect(folders).not.toContain(heavy);
    }
  });

  it("the main entry loads none of Node's network, and not what its first call loads", () => {
    const { builtins, modules } = loadedBy("index.ts", sources);
    expect([...builtins].sort()).toEqual([
      "async_hooks",
      "crypto",
      "fs",
      "fs/promises",
      "os",
      "path",
      "util",
      "zlib",
    ]);
    for (const late of ["client/open-s3-store.ts", "files/file-service-on.ts"]) {
      expect(modules).not.toContain(late);
      expect(loadedBy(late, sources).packages).toEqual(new Set());
    }
    expect([...modules].filter((path) => /^client\/(operations|connection)/.test(path))).toEqual(
      [],
    );
    // 321 of them cost 50 ms of CPU, 129 cost 25.
    expect(modules.size).toBeLessThan(140);
  });

  it.each(["entries/setup.ts", "entries/server.ts"])("%s loads no npm package", (entry) => {
    const { packages, folders } = loadedBy(entry, sources);
    expect([...packages]).toEqual([]);
    for (const heavy of ["aws", "engine", "server", "setup", "probes", "policy", "cli"]) {
      expect(folders).not.toContain(heavy);
    }
  });

  it("the command's entry loads only the argument parser", () => {
    expect([...loadedBy("cli/main.ts", sources).packages]).toEqual([]);
    const { packages, folders } = loadedBy("cli/command-process.ts", sources);
    expect([...packages]).toEqual(["commander"]);
    for (const lazy of ["aws", "client", "engine", "server", "setup", "probes", "policy"]) {
      expect(folders).not.toContain(lazy);
    }
  });

  it("the testing entry loads nothing of AWS, and the index only when a server starts", () => {
    expect([...loadedBy("testing/index.ts", sources).packages]).toEqual([]);
  });

  it("counts a planted static import and not a lazy or type-only one", () => {
    const planted = new Map([
      ["index.ts", 'import { a } from "./a.ts"; import type { B } from "zod";'],
      [
        "a.ts",
        'import "lmdb"; import "./engine/e.ts"; export const a = () => import("commander");',
      ],
    ]);
    planted.set("engine/e.ts", "export const e = 1;");
    expect([...loadedBy("index.ts", planted).packages]).toEqual(["lmdb"]);
    expect(loadedBy("index.ts", planted).folders).toContain("engine");
  });
});
