import { expect, it } from "vitest";
import { causeRows } from "../../src/checks/doctor/cause-list.ts";
import { scenarioDocument, scenariosIn, scenariosOf } from "./scenario-table.ts";

const scenarios = scenariosIn(new URL("../doctor/", import.meta.url));

// After a change of a title: npm test -- tests/docs -u
it("docs/scenarios.md says how each cause is shown", async () => {
  await expect(scenarioDocument(causeRows, scenarios)).toMatchFileSnapshot(
    "../../docs/scenarios.md",
  );
});

it("every cause has a trial, and every trial a cause", () => {
  const shown = new Set(scenarios.map(({ id }) => id));
  const ids = causeRows.map(({ id }) => id);
  expect(ids.filter((id) => !shown.has(id))).toEqual([]);
  expect([...shown].filter((id) => !ids.includes(id))).toEqual([]);
});

it("what rests on recorded answers alone is said to", () => {
  const real = new Set(scenarios.filter((each) => !each.isRecorded).map(({ id }) => id));
  const recorded = new Set(scenarios.filter((each) => each.isRecorded).map(({ id }) => id));
  expect([...recorded].filter((id) => !real.has(id)).sort()).toEqual([
    "D24",
    "D30",
    "D36",
    "D58",
    "D62",
    "D73",
    "D74",
    "D75",
  ]);
});

it("a title of another form is no scenario, and told", () => {
  expect(scenariosOf("a.test.ts", 'test("D01: made; cured by it", async () => {\n});')).toEqual([
    { id: "D01", made: "made", cure: "it", isRecorded: false, isTold: false, file: "a.test.ts" },
  ]);
  expect(() => scenariosOf("a.test.ts", '  title: "D01: made",')).toThrow(
    /a\.test\.ts: "D01: made"/,
  );
});
