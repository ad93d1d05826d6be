import { expect, it } from "vitest";
import type { OrganizationPolicies } from "../../core/policy-sources.ts";
import type { AccessSources } from "./gather-access.ts";
import { organizationReader } from "./gather-organization.ts";

const organization: OrganizationPolicies = { isManagement: false, kinds: new Set(), steps: [] };

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
