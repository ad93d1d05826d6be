import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causeRows } from "../doctor/cause-list.ts";
import { layers } from "../doctor/layer-list.ts";
import { findingIndex, findingPages } from "./finding-pages.ts";

const folder = new URL("../../../docs/findings/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

describe("the pages of findings", () => {
  it("are those of the data: run scripts/finding-pages.mjs after a build where they are not", () => {
    const pages = findingPages();
    const expected = [...pages.keys(), "README"].map((id) => `${id}.md`).sort();
    expect(readdirSync(folder).sort()).toEqual(expected);
    for (const [id, text] of pages) expect(read(`${id}.md`)).toBe(text);
    expect(read("README.md")).toBe(findingIndex());
  });

  it("have no place left open, and name commands of this program that there are", () => {
    for (const [id, text] of findingPages())
      expect([id, text]).toEqual([id, expect.not.stringMatching(/\{[a-zA-Z]+\}/)]);
  });
});

describe("the catalogue", () => {
  it("has each row once, all 62 of the reference among them", () => {
    const ids = causeRows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const wanted = Array.from({ length: 62 }, (_, at) => `D${String(at + 1).padStart(2, "0")}`);
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("names layers that there are", () => {
    const names = new Set(layers.map(({ name }) => name));
    expect(causeRows.filter(({ layer }) => !names.has(layer))).toEqual([]);
  });
});
