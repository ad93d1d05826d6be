import { expect, it } from "vitest";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { placeOf } from "../iam/organization-place.ts";
import { declareOrganization } from "./declare-organization.ts";
import { worldOf } from "./world-of.ts";

const [management, member, stranger] = ["999988887777", "111122223333", "444455556666"] as const;

function organizationOf(more: object) {
  const accounts = { [management]: {}, [member]: {}, [stranger]: {} };
  const organization = { id: "o-a1b2c3d4e5", managementAccount: management, ...more };
  const world = worldOf({ version: 1, accounts, organization }, { region: "us-east-1" });
  if (world.organization === undefined) throw new Error("It has none.");
  return declareOrganization(world.organization);
}

const units = { science: {}, simulation: { parent: "science" } };

it("has its management account in the root, once, whether it is listed or not", () => {
  for (const accounts of [{}, { [management]: {} }]) {
    const declared = organizationOf({ units, accounts });
    expect(declared.root.accounts.map(({ id }) => id)).toEqual([management]);
    const place = placeOf([declared], management);
    expect(place).toMatchObject({ isManagement: true, path: `o-a1b2c3d4e5/${declared.root.id}/` });
  }
});

it("has its other accounts where they are listed, below every unit on the way", () => {
  const declared = organizationOf({ units, accounts: { [member]: { unit: "simulation" } } });
  const [science] = declared.root.units;
  const [simulation] = science?.units ?? [];
  expect(placeOf([declared], member)).toMatchObject({
    isManagement: false,
    path: `o-a1b2c3d4e5/${declared.root.id}/${science?.id}/${simulation?.id}/`,
    levels: [
      `the root ${declared.root.id}`,
      "unit science",
      "unit simulation",
      `account ${member}`,
    ].map((place) => ({
      place,
      serviceControl: [{ name: "FullAWSAccess" }],
      resourceControl: [{ name: "RCPFullAWSAccess" }],
    })),
  });
  expect(placeOf([declared], stranger)).toBeUndefined();
});

it("writes AWS's own policies as such are written", () => {
  const { serviceControl, resourceControl } = organizationOf({}).root;
  for (const [kind, [policy]] of [
    ["service-control", serviceControl],
    ["resource-control", resourceControl],
  ] as const) {
    const parsed = parsePolicyOf(attachedPolicyKind(kind), policy?.document ?? "");
    expect(parsed.statements).toMatchObject([{ effect: "Allow" }]);
  }
});
