import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../../src/server/testing-fixtures/test-server.ts";
import { expectedDifferences } from "./expected-differences.ts";
import { readCases } from "./read-cases.ts";
import { ReplayClock, replayCase } from "./replay-case.ts";

const cases = readCases();
const differing = new Map(expectedDifferences.flatMap((entry) => Object.entries(entry.cases)));

describe("answers as AWS gave them", () => {
  const clock = new ReplayClock();
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ now: clock.now, sigV2Links: true });
  });
  afterAll(async () => server.close());

  it.each(cases.map((entry, at) => ({ ...entry, at })))("$area: $name", async (entry) => {
    const places = await replayCase({ server, clock }, entry, `recorded-${entry.at}`);
    expect(places).toEqual(differing.get(entry.name) ?? []);
  });
});

describe("docs/conformance.md", () => {
  const page = readFileSync(
    join(import.meta.dirname, "../../docs/conformance.md"),
    "utf8",
  ).replaceAll(/\s+/g, " ");

  it("tells how many cases there are, and how many are identical", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    const identical = cases.length - differing.size;
    expect(page).toContain(`${identical} of ${cases.length} cases`);
    expect(identical / cases.length).toBeGreaterThanOrEqual(0.97);
  });

  it("tells every difference and its reason", () => {
    const known = new Set(cases.map(({ name }) => name));
    for (const { reason, cases: those } of expectedDifferences) {
      expect(page).toContain(reason);
      for (const name of Object.keys(those)) {
        expect(known).toContain(name);
        expect(page).toContain(`\`${name.split("::").slice(2).join("::")}\``);
      }
    }
  });
});
