import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { readSources, root } from "../architecture/sources.ts";

const entries = ["", "/setup", "/server", "/testing", "/testing/contract"];

/** Functions and classes that a user can import. */
function exportedNames(): string[] {
  const program = `const names = new Set();
for (const entry of ${JSON.stringify(entries)}) {
  for (const [name, value] of Object.entries(await import("sms-api-storage" + entry))) {
    if (typeof value === "function") names.add(name);
  }
}
console.log(JSON.stringify([...names]));`;
  const args = ["--input-type=module", "--eval", program];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }),
  ) as string[];
}

/** Whether the docstring right before the place has an example. */
function hasExample(source: string, place: number): boolean {
  const before = source.slice(0, place).trimEnd();
  if (!before.endsWith("*/")) return false;
  return before.slice(before.lastIndexOf("/**")).includes("@example");
}

it("every function and class of the entries has an example where it is declared", () => {
  const sources = [...readSources().values()];
  const names = exportedNames();
  const lacking = names.filter((name) => {
    const declared = new RegExp(`^export (?:async )?(?:function\\*?|class|const) ${name}\\b`, "gm");
    return !sources.some((source) =>
      [...source.matchAll(declared)].some(({ index }) => hasExample(source, index)),
    );
  });
  expect(names.length).toBeGreaterThan(25);
  expect(lacking).toEqual([]);
});

it("every method of FileService has an example", () => {
  const source = readSources().get("files/file-service.ts") ?? "";
  const methods = [...source.matchAll(/^ {2}(?:readonly )?(\w+)(?:<[^>]*>)?\(/gm)];
  const lacking = methods.filter(({ index }) => !hasExample(source, index));
  expect(methods.length).toBeGreaterThan(25);
  expect(lacking.map(([, name]) => name)).toEqual([]);
});
