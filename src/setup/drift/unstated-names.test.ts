import { expect, it } from "vitest";
import { adminWith, desire, planFor } from "../testing-fixtures/set-up-once.ts";
import { unstatedNames } from "./unstated-names.ts";

it("names what nobody said, and nothing that the store leaves to others", async () => {
  const plan = await planFor({ admin: adminWith() }, desire({ policy: { guard: "account" } }));
  const names = unstatedNames(plan, undefined);
  expect(names).toContain("policy.access");
  expect(names).not.toContain("policy.guard");
  const aspects = plan.aspects.map((aspect) =>
    aspect.aspect === "policy" ? { ...aspect, status: "not-supported" as const } : aspect,
  );
  const left = unstatedNames({ ...plan, aspects }, undefined);
  expect(left.filter((name) => name.startsWith("policy."))).toEqual([]);
  expect(left).toEqual(names.filter((name) => name.startsWith("lifecycle.")));
});
