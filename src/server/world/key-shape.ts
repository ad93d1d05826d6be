import { regionForm } from "../../shapes/text-form.ts";
import { serverLimits } from "../../core/limits.ts";
import { worldLimits } from "../../core/world-limits.ts";
import { nameForm, tagKeyForm, tagValueForm } from "../identities/text-forms.ts";
import { grantOperations } from "../kms/key-record.ts";
import { contextNameForm, descriptionForm, keyIdForm, principalArnForm } from "./forms.ts";
import { policy } from "./policy-shape.ts";
import {
  defaulted,
  flag,
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

const contextShape = named(
  contextNameForm,
  text(contextNameForm, "Its value."),
  "An encryption context.",
  { most: 32 },
);

const grantShape = object(
  {
    grantee: required(text(principalArnForm, "Who may use the key.")),
    retiring: optional(text(principalArnForm, "Who may take the grant back.")),
    operations: required(
      list(oneOf(grantOperations, "An operation."), "What it allows.", {
        most: grantOperations.length,
        unique: true,
      }),
    ),
    contextEquals: optional(contextShape),
    contextSubset: optional(contextShape),
  },
  "A grant on the key.",
);
export type WorldGrant = ReadOf<typeof grantShape>;

export const keyShape = object(
  {
    id: optional(text(keyIdForm, "The key id. Left out: made at random, once.")),
    region: optional(text(regionForm, "Left out: the server's.")),
    description: optional(text(descriptionForm, "What it is for.")),
    policy: optional(policy("key", "The key policy. Left out: the account decides.")),
    allowLockOut: defaulted(
      flag("Takes a policy under which nobody can change the policy any more."),
      false,
    ),
    state: defaulted(
      oneOf(["Enabled", "Disabled", "PendingDeletion"], "The key's state."),
      "Enabled",
    ),
    deletionInDays: defaulted(whole(7, 30, "From when a deletion is pending."), 30),
    grants: defaulted(
      named(nameForm, grantShape, "Grants by name.", { most: serverLimits.grantsPerKey }),
      {},
    ),
    tags: defaulted(
      named(tagKeyForm, text(tagValueForm, "The tag's value."), "Tags.", {
        most: worldLimits.tags,
      }),
      {},
    ),
  },
  "A symmetric key of KMS.",
);
export type WorldKey = ReadOf<typeof keyShape>;
