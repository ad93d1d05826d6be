import { accountIdForm } from "../../shapes/text-form.ts";
import { worldLimits } from "../../core/world-limits.ts";
import { nameForm } from "../identities/text-forms.ts";
import { descriptionForm, emailForm, permissionSetForm, policyReferenceForm } from "./forms.ts";
import { policy } from "./policy-shape.ts";
import {
  defaulted,
  list,
  named,
  object,
  oneOf,
  optional,
  type ReadOf,
  required,
  text,
  whole,
} from "../../shapes/shape.ts";

const permissionSetShape = object(
  {
    description: optional(text(descriptionForm, "What it is for.")),
    sessionDuration: defaulted(whole(3600, 43_200, "Of its sessions, in seconds."), 3600),
    policy: optional(policy("identity", "Its inline policy.")),
    attached: defaulted(
      list(
        text(policyReferenceForm, "A policy of AWS by ARN, or one of each account by name."),
        "Attached managed policies.",
        { most: worldLimits.attachedPolicies, unique: true },
      ),
      [],
    ),
    boundary: optional(text(policyReferenceForm, "The permissions boundary.")),
  },
  "A permission set: a role AWSReservedSSO_NAME_... in each account that it is assigned in.",
);
export type WorldPermissionSet = ReadOf<typeof permissionSetShape>;

const ssoUserShape = object(
  {
    displayName: optional(text(descriptionForm, "The user's whole name.")),
    email: optional(text(emailForm, "The user's address.")),
    approval: defaulted(
      oneOf(
        ["page", "automatic", "denied"],
        "Who approves a sign-in: somebody on the portal's page, nobody, or it is turned down.",
      ),
      "page",
    ),
    sessions: defaulted(
      oneOf(
        ["valid", "expired", "revoked"],
        "What is wrong with this user's sessions, to try out what programs make of it.",
      ),
      "valid",
    ),
  },
  "A user of the SSO portal.",
);
export type WorldSsoUser = ReadOf<typeof ssoUserShape>;

const assignmentShape = object(
  {
    user: required(text(nameForm, "A user of the portal.")),
    account: required(text(accountIdForm, "An account.")),
    permissionSet: required(text(permissionSetForm, "A permission set.")),
  },
  "Gives a user a permission set in an account.",
);

export const ssoShape = object(
  {
    permissionSets: defaulted(
      named(permissionSetForm, permissionSetShape, "Permission sets.", {
        most: worldLimits.permissionSets,
        ignoreCase: true,
      }),
      {},
    ),
    users: defaulted(
      named(nameForm, ssoUserShape, "Users.", { most: worldLimits.ssoUsers, ignoreCase: true }),
      {},
    ),
    assignments: defaulted(
      list(assignmentShape, "Who has what where.", { most: worldLimits.assignments }),
      [],
    ),
  },
  "The portal of AWS IAM Identity Center.",
);
