import { accountIdForm, regionForm } from "../../shapes/text-form.ts";
import { worldLimits } from "../../core/world-limits.ts";

import { accountShape } from "./account-shape.ts";
import { faultsShape } from "./faults-shape.ts";
import { endpointIdForm, hostForm, vpcIdForm } from "./forms.ts";
import { organizationShape } from "./organization-shape.ts";
import { personalityShape } from "./personality-shape.ts";
import { policy, policySchemas } from "./policy-shape.ts";
import {
  defaulted,
  type JsonSchema,
  list,
  named,
  object,
  oneOf,
  optional,
  type ReadOf,
  required,
  text,
} from "../../shapes/shape.ts";
import { ssoShape } from "./sso-shape.ts";

const vpcEndpointShape = object(
  {
    vpc: required(text(vpcIdForm, "The VPC that it is in.")),
    account: required(text(accountIdForm, "The account that owns it.")),
    region: optional(text(regionForm, "Left out: the server's.")),
    policy: optional(policy("vpc-endpoint", "Left out: it limits nothing.")),
    hosts: defaulted(
      list(text(hostForm, "A host name."), "Names, beside its own, by which requests reach it.", {
        most: worldLimits.hostsPerEndpoint,
        unique: true,
      }),
      [],
    ),
  },
  "An interface endpoint of S3 in a VPC: requests to its host name come through it.",
);

/** All that a world file can hold. */
export const worldShape = object(
  {
    version: required(oneOf([1], "Of this format.")),
    accounts: required(
      named(accountIdForm, accountShape, "Accounts by id.", { most: worldLimits.accounts }),
    ),
    organization: optional(organizationShape),
    sso: optional(ssoShape),
    vpcEndpoints: defaulted(
      named(endpointIdForm, vpcEndpointShape, "VPC endpoints of S3 by id.", {
        most: worldLimits.vpcEndpoints,
      }),
      {},
    ),
    faults: optional(faultsShape),
    personality: optional(personalityShape),
  },
  "Accounts, identities, keys and policies of an embedded S3 server.",
  { trails: "stands under an account, as in accounts.111122223333.trails" },
);

/** A checked world; its policies are JSON texts. */
export type World = ReadOf<typeof worldShape>;

/**
 * The JSON Schema of world files, for editors.
 *
 * @internal Its test writes it to docs/world.schema.json.
 */
export function worldSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "World of an embedded S3 server",
    ...worldShape.schema,
    $defs: policySchemas,
  };
}
