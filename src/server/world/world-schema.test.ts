import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { treeOf, unfit } from "../../shapes/shape.ts";
import { worldSchema, worldShape } from "./world.ts";
import { DocumentFaults, type DocumentPath } from "../../shapes/document-faults.ts";

const example: unknown = parse(
  readFileSync(new URL("testing-fixtures/world.yaml", import.meta.url), "utf8"),
);
const schemaTakes = new Ajv2020({ allErrors: false }).compile(worldSchema());

function parserTakes(value: unknown): boolean {
  return worldShape.read(treeOf(value), { path: [], faults: new DocumentFaults() }) !== unfit;
}

interface Part {
  readonly path: DocumentPath;
  readonly value: unknown;
}

function partsOf(value: unknown, path: DocumentPath = []): Part[] {
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => partsOf(item, [...path, index]))
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, item]) => partsOf(item, [...path, name]))
      : [];
  return [{ path, value }, ...inside];
}

type Json = Record<string | number, unknown>;

/** As much of the example as a path leads into, since every section is read by itself. */
function sectionOf([top = "", id = "", section]: DocumentPath): Json {
  const whole = example as Json;
  if (top === "") return whole;
  if (top !== "accounts") return { version: 1, accounts: {}, [top]: whole[top] };
  const accounts = whole[top] as Json;
  if (section === undefined) return { version: 1, accounts: { ...accounts } };
  return { version: 1, accounts: { [id]: { [section]: (accounts[id] as Json)[section] } } };
}

/** Who takes the example with another value at a path; undefined takes it away. */
function takersOf(path: DocumentPath, value: unknown): { bySchema: boolean; byParser: boolean } {
  if (path.length === 0) return { bySchema: schemaTakes(value), byParser: parserTakes(value) };
  const document = sectionOf(path);
  let parent = document;
  for (const step of path.slice(0, -1)) parent = parent[step] as typeof parent;
  const last = path.at(-1) ?? "";
  const before = parent[last];
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  const takers = { bySchema: schemaTakes(document), byParser: parserTakes(document) };
  parent[last] = before;
  return takers;
}

/** Inside of policies and faults the parser knows more than a schema can say. */
function knowsMore(path: DocumentPath): boolean {
  return path.some((step) => ["Statement", "Version", "Id", "faults"].includes(String(step)));
}

const strange = [
  7,
  -1,
  true,
  null,
  "",
  "§",
  [],
  {},
  ["x"],
  { "no such name §": {} },
  "x".repeat(2000),
];

describe("the schema and the parser", () => {
  it("both take the example, which is not small", () => {
    expect(parserTakes(example)).toBe(true);
    expect(schemaTakes(example)).toBe(true);
    expect(partsOf(example).length).toBeGreaterThan(100);
  });

  it("agree about the example with any part replaced, taken away or added to", () => {
    const disagreements: unknown[] = [];
    let refused = 0;
    for (const { path, value } of partsOf(example)) {
      const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
      const changes: unknown[] = [...strange, ...(path.length === 0 ? [] : [undefined])];
      if (isMapping) changes.push({ ...value, surplus: 1 });
      for (const change of changes) {
        const { bySchema, byParser } = takersOf(path, change);
        if (!byParser) refused += 1;
        if (bySchema === byParser || (knowsMore(path) && bySchema)) continue;
        disagreements.push({ path, change, bySchema, byParser });
      }
    }
    expect(disagreements).toEqual([]);
    expect(refused).toBeGreaterThan(1000);
  });

  it("is published; vitest -u writes it anew", async () => {
    const text = `${JSON.stringify(worldSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../../docs/world.schema.json");
  });
});
