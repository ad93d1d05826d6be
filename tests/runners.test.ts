import { describe, expect, it } from "vitest";
import { commands } from "../src/cli/command-list.ts";
import { causeRows } from "../src/checks/doctor/cause-list.ts";
import { layers } from "../src/checks/doctor/layer-list.ts";
import { s3Operations } from "../src/protocol/operation-table.ts";
import { probes } from "../src/probes/probe-list.ts";
import { aspects } from "../src/setup/aspect-list.ts";
import { findNamedMembers } from "./architecture/named-members.ts";
import { readImports } from "./architecture/read-imports.ts";
import { readSources } from "./architecture/sources.ts";

const sources = readSources();
const namesOf = (members: readonly { readonly name: string }[]) => members.map(({ name }) => name);

/** All that lies around S3's operations; only the list may know them. */
const serverRunners = [...sources.keys()].filter(
  (path) => /^server\/[^/]+$/.test(path) && path !== "server/operation-list.ts",
);

/** Each kind of member with those who run all of them. */
const kinds: readonly [string, readonly string[], readonly string[]][] = [
  ["probes", namesOf(probes), ["probes/run-probes.ts", "setup/verify.ts"]],
  [
    "aspects",
    namesOf(aspects),
    [
      "setup/define-aspect.ts",
      "setup/observe.ts",
      "setup/plan.ts",
      "setup/apply.ts",
      "setup/verify.ts",
      "setup/render-plan.ts",
    ],
  ],
  ["commands", namesOf(commands), ["cli/main.ts", "cli/run-command-line.ts", "cli/output.ts"]],
  ["layers", namesOf(layers), ["checks/doctor/examine.ts", "checks/doctor/diagnose.ts"]],
  [
    "causes",
    causeRows.map(({ id }) => id),
    ["checks/doctor/examine.ts", "checks/doctor/diagnose.ts", "open/doctor-fixes.ts"],
  ],
  ["operations", namesOf(s3Operations), serverRunners],
];

const importsOperation = (text: string): boolean =>
  readImports("runner.ts", text).some(({ specifier }) => specifier.includes("/operations/"));

describe("runners name no member", () => {
  it.each(kinds)("of %s", (_kind, members, runners) => {
    expect(members.length).toBeGreaterThan(3);
    const found = runners.map((path) => {
      const text = sources.get(path);
      if (text === undefined) throw new Error(`no source for ${path}`);
      return { path, named: findNamedMembers(text, members) };
    });
    expect(found.filter(({ named }) => named.length > 0)).toEqual([]);
  });

  it.each(kinds)("finds a planted name of %s", (_kind, members) => {
    for (const name of members) {
      expect(findNamedMembers(`if (member.name !== "${name}") return;`, members)).toEqual([name]);
      expect(findNamedMembers(`const all = ['x', '${name}'];`, members)).toEqual([name]);
    }
  });

  it("nor load an operation's file past the list", () => {
    expect(serverRunners.length).toBeGreaterThan(20);
    const loading = serverRunners.filter((path) => importsOperation(sources.get(path) ?? ""));
    expect(loading).toEqual([]);
    const planted = 'import { putObject } from "./operations/put-object.ts";';
    expect(importsOperation(planted)).toBe(true);
  });

  it("is not misled by words in longer texts", () => {
    expect(findNamedMembers('const text = "the list of all";', ["list"])).toEqual([]);
  });
});
