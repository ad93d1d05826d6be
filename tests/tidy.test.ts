import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./architecture/sources.ts";
import { githubSlug } from "../scripts/docs/github-slug.mjs";
import { findUntidiness } from "./architecture/tidiness.ts";

const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" })
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const text = (path: string) => readFileSync(join(root, path), "utf8");
const isRuleItself = (path: string) =>
  /^tests\/(tidy\.test|architecture\/tidiness)\.ts$/.test(path);

/** Whether a link of a document leads to a file, and to a heading of it where it names one. */
function leadsSomewhere(path: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const place = file === "" ? path : join(dirname(path), file);
  if (!existsSync(join(root, place))) return false;
  return anchor === undefined || !place.endsWith(".md") || headingsOf(place).has(anchor);
}

/** The headings of a document as GitHub names them. */
function headingsOf(path: string): ReadonlySet<string> {
  const prose = text(path).replaceAll(/^```.*?^```$/gms, "");
  return new Set(
    [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      githubSlug(heading.replaceAll(/`|\*\*|\]\([^)]*\)|\[/g, "")),
    ),
  );
}

/** A mebibyte; what is larger belongs to a registry or a bucket. */
const largestBytes = 1024 * 1024;

// Reads every file of the tree.
describe("the tree is tidy", { timeout: 120_000 }, () => {
  it("and holds no large files", () => {
    const large = files.filter((path) => statSync(join(root, path)).size > largestBytes);
    expect(large).toEqual([]);
  });

  it("in every tracked file", () => {
    expect(files.length).toBeGreaterThan(20);
    const problems = files
      .filter((path) => !isRuleItself(path) && path !== "LICENSE")
      .flatMap((path) => findUntidiness(path, text(path)));
    expect(problems).toEqual([]);
  });

  it("and the links of its documents lead somewhere", () => {
    const broken = files
      .filter((name) => name.endsWith(".md"))
      .flatMap((path) =>
        [...text(path).matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
          .map(([, target = ""]) => target)
          .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target))
          .map((target) => `${path} -> ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it("and the links of the package's documents lead to what is packed, or to sources in the clone", () => {
    const packed = (JSON.parse(text("package.json")) as { files: readonly string[] }).files;
    const holds = (name: string) =>
      packed.some((place) => name === place || name.startsWith(`${place}/`));
    const documents = files.filter((name) => name.endsWith(".md") && holds(name));
    expect(documents.length).toBeGreaterThan(100);
    const outside = documents.flatMap((path) =>
      [...text(path).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => join(dirname(path), target))
        .filter((target) => !holds(target) && !/^(src|tests)\//.test(target))
        .map((target) => `${path} -> ${target}`),
    );
    expect(outside).toEqual([]);
  });

  it("and a link to no file, or to no heading of one, is seen", () => {
    expect(leadsSomewhere("README.md", "docs/none.md")).toBe(false);
    expect(leadsSomewhere("README.md", "docs/wrappers.md#a-limitation")).toBe(false);
    expect(leadsSomewhere("README.md", "docs/wrappers.md#a-limit")).toBe(true);
  });

  it("and the lock knows the optional packages of every system, and no registry's address", () => {
    interface Locked {
      readonly resolved?: string;
      readonly optionalDependencies?: Readonly<Record<string, string>>;
    }
    const { packages } = JSON.parse(text("package-lock.json")) as {
      packages: Readonly<Record<string, Locked>>;
    };
    const optional = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ path, name })),
    );
    expect(optional.length).toBeGreaterThan(50);
    const missing = optional.filter(
      ({ path, name }) =>
        packages[`${path}/node_modules/${name}`] === undefined &&
        packages[`node_modules/${name}`] === undefined,
    );
    expect(missing).toEqual([]);
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it.each([
    ["src/core/BadName.ts", "", "kebab-case"],
    ["src/core/utils.ts", "", "says nothing"],
    ["src/core/helpers/x.ts", "", "says nothing"],
    ["src/core/long.ts", "x\n".repeat(351), "350 at most"],
    ["src/core/long.test.ts", "x\n".repeat(401), "no reason at its top"],
    ["src/core/x.ts", "const MAX_BYTES = 1;", "MAX_BYTES is not camelCase"],
    ["src/core/x.ts", "f({ ...(a === undefined ? {} : { a }) });", "left out"],
    ["src/core/x.ts", "f({ b, ...(a ? { a } : {}) });", "left out"],
    ["src/core/x.ts", "// TODO later", "TODO"],
    ["src/core/x.ts", "export default 1;", "default export"],
    ["src/core/x.ts", "process.exit(1);", "process.exit"],
    ["src/core/x.test.ts", "it.skip('a', () => {});", "skipped"],
    ["README.md", "see /root/x", "machine"],
    ["README.md", "npx sms-storage ls", "package runner"],
    ["docs/x.md", "npm install sms-api-storage zod", "from a registry"],
    ["docs/x.md", "pnpm add -D sms-api-storage", "from a registry"],
    ["src/cli/x.ts", "run `npm exec -- sms-storage`", "package runner"],
    ["docs/x.md", "https://registry.npmjs.org/x", "registry"],
  ])("finds what is planted in %s (%#)", (path, planted, problem) => {
    const found = findUntidiness(path, planted);
    expect(found.join("\n")).toContain(problem);
  });
});
