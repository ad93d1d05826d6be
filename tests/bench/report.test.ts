import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { performanceDocument } from "../../bench/report/document.mjs";
import { plot } from "../../bench/report/plot.mjs";
import { readResults } from "../../bench/report/read-results.mjs";
import type { Result } from "../../bench/report/result.mjs";
import { parseXml } from "../../src/protocol/xml/parse.ts";
import { root } from "../architecture/sources.ts";

const side = { version: "1.0", integrity: "CRC32", isFloor: false };
const sample: Result = {
  id: "P1",
  title: "Objects & files <up>",
  what: "10 objects",
  server: "null",
  unit: { name: "object", cpu: "ms" },
  scale: "ci",
  rounds: 3,
  date: "2026-01-01",
  machine: { cores: 2, cpu: "c", memoryGiB: 4, system: "linux x64", node: "20", filesIn: "memory" },
  bars: [
    { text: "CPU", limit: 0.6, is: "most", value: 0.71, met: false },
    { text: "wall", limit: 8, is: "least", value: 8.123, met: true },
    { text: "requests", limit: 5, is: "most" },
  ],
  contenders: [
    {
      ...side,
      name: "sms-storage",
      medians: { cpuPerUnit: 0.25, wallPerUnit: 1, wallS: 2.5, minWallS: 2, units: 10 },
    },
    {
      ...side,
      name: "slow",
      medians: { cpuPerUnit: 2, wallPerUnit: 4, wallS: 4, minWallS: 4, units: 1 },
    },
    { ...side, name: "broken", failure: "exit code 1" },
  ],
};

describe("the report of the benchmarks", () => {
  it("says of each bar whether it is met, and of each tool what it took", () => {
    const text = performanceDocument([sample], "# Performance\n");
    expect(text).toContain("| CPU | ≤ 0.6 | 0.71 | **missed** |");
    expect(text).toContain("| wall | ≥ 8 | 8.12 | met |");
    expect(text).toContain("- requests: not told; at most 5: unknown");
    expect(text).toContain("| sms-storage 1.0 | 0.25 | 2.5 (2) |");
    expect(text).toContain("| slow 1.0 | 2 | 4 (4) * |");
    expect(text).toContain("| broken 1.0 | failed: exit code 1 |");
  });

  it("draws plots that are XML, the least CPU first, without what failed", () => {
    const svg = plot(sample);
    expect(parseXml(svg).name).toBe("svg");
    const names = [...svg.matchAll(/class="name">([^<]+)</g)].map(([, name]) => name);
    expect(names).toEqual(["sms-storage", "slow"]);
  });

  it("is the one that stands in docs/, of the results that stand in bench/results/", () => {
    const results = readResults();
    const introduction = readFileSync(join(root, "bench/report/introduction.md"), "utf8");
    const stored = join(root, "docs/performance.md");
    expect(existsSync(stored)).toBe(results.length > 0);
    if (results.length === 0) return;
    expect(readFileSync(stored, "utf8")).toBe(performanceDocument(results, introduction));
  });
});
