import { accountIdForm } from "../../shapes/text-form.ts";
import { worldLimits } from "../../core/world-limits.ts";

import { groupNameForm, organizationIdForm, unitNameForm } from "./forms.ts";
import { policy } from "./policy-shape.ts";
import {
  defaulted,
  list,
  named,
  object,
  optional,
  type ReadOf,
  required,
  text,
} from "../../shapes/shape.ts";

const { accounts, attachedOrganizationPolicies, organizationalUnits, organizationPolicies } =
  worldLimits;

/** AWS attaches these two everywhere unless somebody takes them away. */
export const fullAccess = { serviceControl: "FullAWSAccess", resourceControl: "RCPFullAWSAccess" };

const most = { most: attachedOrganizationPolicies, unique: true };
const attachments = {
  serviceControlPolicies: defaulted(
    list(text(groupNameForm, "A policy's name."), "What is attached here.", most),
    [fullAccess.serviceControl],
  ),
  resourceControlPolicies: defaulted(
    list(text(groupNameForm, "A policy's name."), "What is attached here.", most),
    [fullAccess.resourceControl],
  ),
};

const unitShape = object(
  {
    parent: optional(text(unitNameForm, "The unit that it is in. Left out: the root.")),
    ...attachments,
  },
  "An organisational unit.",
);

const memberShape = object(
  {
    unit: optional(text(unitNameForm, "The unit that it is in. Left out: the root.")),
    ...attachments,
  },
  "A member account's place.",
);

export const organizationShape = object(
  {
    id: required(text(organizationIdForm, "The organisation's id.")),
    managementAccount: required(
      text(accountIdForm, "The account that service control policies do not reach."),
    ),
    delegatedAdministrators: defaulted(
      list(text(accountIdForm, "An account."), "Accounts that may read the organisation, too.", {
        most: accounts,
        unique: true,
      }),
      [],
    ),
    root: defaulted(object(attachments, "The organisation's root."), {}),
    units: defaulted(
      named(unitNameForm, unitShape, "Organisational units.", { most: organizationalUnits }),
      {},
    ),
    accounts: defaulted(
      named(accountIdForm, memberShape, "Its member accounts.", { most: accounts }),
      {},
    ),
    serviceControlPolicies: defaulted(
      named(groupNameForm, policy("service-control", "The policy."), "SCPs by name.", {
        most: organizationPolicies,
      }),
      {},
    ),
    resourceControlPolicies: defaulted(
      named(groupNameForm, policy("resource-control", "The policy."), "RCPs by name.", {
        most: organizationPolicies,
      }),
      {},
    ),
  },
  "An organisation.",
);
export type WorldOrganization = ReadOf<typeof organizationShape>;
