import { expect, it } from "vitest";
import type { OrganizationPolicies } from "../../core/policy-sources.ts";
import type { AccessSources } from "./gather-access.ts";
import { levelsIn, organizationReader } from "./gather-organization.ts";

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

it("is asked once for an account, each for itself", async () => {
  const asked: string[] = [];
  const policies = {
    organizationPolicies: (accountId: string) => {
      asked.push(accountId);
      return Promise.resolve(organization);
    },
  } as AccessSources["policies"];
  const read = organizationReader({ policies });
  await Promise.all([read("1"), read("1"), read("2")]);
  expect(asked).toEqual(["1", "2"]);
});
