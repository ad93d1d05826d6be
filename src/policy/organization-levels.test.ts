import { expect, it } from "vitest";
import type { OrganizationPolicies } from "../core/policy-sources.ts";
import { levelsIn } from "./organization-levels.ts";

const text = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }],
});
const organization: OrganizationPolicies = {
  isManagement: false,
  kinds: new Set(["serviceControl"]),
  steps: [
    { place: "the root r-1", serviceControl: [{ name: "no", text }], resourceControl: [] },
    { place: "account 1", serviceControl: [], resourceControl: [] },
  ],
};

it("limits by what is attached from the root to the account, an empty place included", () => {
  const levels = levelsIn(organization, "service-control");
  expect(levels?.map((level) => level.map(({ name }) => name))).toEqual([["no"], []]);
});

it("a kind that is turned off limits nothing, nor does any the management account", () => {
  expect(levelsIn(organization, "resource-control")).toBeUndefined();
  expect(levelsIn({ ...organization, isManagement: true }, "service-control")).toBeUndefined();
  expect(levelsIn(undefined, "service-control")).toBeUndefined();
});
