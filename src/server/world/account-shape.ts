import { worldLimits } from "../../core/world-limits.ts";
import {
  accessKeyIdForm,
  nameForm,
  partitionForm,
  pathForm,
  secretForm,
  tagKeyForm,
  tagValueForm,
} from "../identities/text-forms.ts";
import {
  accountAliasForm,
  bucketNameForm,
  clientIdForm,
  descriptionForm,
  fileForm,
  groupNameForm,
  issuerForm,
  keyAliasForm,
  policyReferenceForm,
  trailNameForm,
} from "./forms.ts";
import { bucketShape, publicAccessShape } from "./bucket-shape.ts";
import { keyShape } from "./key-shape.ts";
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
import { trailShape } from "./trail-shape.ts";

const {
  accessKeysPerUser,
  attachedPolicies,
  bucketsPerAccount,
  groupsPerAccount,
  groupsPerUser,
  inlinePolicies,
  keysPerAccount,
  oidcClientIds,
  oidcProvidersPerAccount,
  policiesPerAccount,
  rolesPerAccount,
  trailsPerAccount,
  usersPerAccount,
} = worldLimits;

const tagsShape = named(tagKeyForm, text(tagValueForm, "The tag's value."), "Tags.", {
  most: worldLimits.tags,
  ignoreCase: true,
});
const path = defaulted(text(pathForm, "The path in its ARN."), "/");
const description = optional(text(descriptionForm, "What it is for."));
const reference = text(policyReferenceForm, "A managed policy: its name here, or its ARN.");

const accessKeyShape = object(
  {
    accessKeyId: optional(text(accessKeyIdForm, "Left out: made at random.")),
    secretAccessKey: optional(text(secretForm, "Left out: made at random.")),
    status: defaulted(oneOf(["Active", "Inactive"], "Whether it opens anything."), "Active"),
  },
  "A long-lived key. What is left out is made once, at random, and kept in the file of keys.",
);
export type WorldAccessKey = ReadOf<typeof accessKeyShape>;

const accessKeys = defaulted(
  list(accessKeyShape, "Its access keys.", { most: accessKeysPerUser }),
  [],
);

/** What stands on users, groups and roles alike. */
const identityPolicies = {
  policies: defaulted(
    named(groupNameForm, policy("identity", "An inline policy."), "Inline policies by name.", {
      most: inlinePolicies,
      ignoreCase: true,
    }),
    {},
  ),
  attached: defaulted(
    list(reference, "Attached managed policies.", { most: attachedPolicies, unique: true }),
    [],
  ),
};
const boundary = optional(text(policyReferenceForm, "The permissions boundary."));

const userShape = object(
  {
    path,
    groups: defaulted(
      list(text(groupNameForm, "A group of this account."), "Its groups.", {
        most: groupsPerUser,
        unique: true,
      }),
      [],
    ),
    ...identityPolicies,
    boundary,
    tags: defaulted(tagsShape, {}),
    accessKeys,
  },
  "A user of IAM.",
);
export type WorldUser = ReadOf<typeof userShape>;

const groupShape = object({ path, ...identityPolicies }, "A group of users.");
export type WorldGroup = ReadOf<typeof groupShape>;

const roleShape = object(
  {
    path,
    description,
    trust: required(policy("trust", "Who may assume it.")),
    maxSessionDuration: defaulted(whole(3600, 43_200, "Of its sessions, in seconds."), 3600),
    ...identityPolicies,
    boundary,
    tags: defaulted(tagsShape, {}),
  },
  "A role.",
);

const managedPolicyShape = object(
  {
    path,
    description,
    document: required(policy("identity", "The policy itself.")),
    tags: defaulted(tagsShape, {}),
  },
  "A managed policy of the account.",
);

const oidcProviderShape = object(
  {
    jwksFile: required(
      text(fileForm, "Its public keys as a JSON Web Key Set; relative to the world file."),
    ),
    clientIds: defaulted(
      list(text(clientIdForm, "A client id."), "The audiences that its tokens may name.", {
        most: oidcClientIds,
        unique: true,
      }),
      ["sts.amazonaws.com"],
    ),
  },
  "An issuer of tokens that sts:AssumeRoleWithWebIdentity takes.",
);

const noCase = (most: number) => ({ most, ignoreCase: true });

export const accountShape = object(
  {
    alias: optional(text(accountAliasForm, "The account's alias.")),
    partition: optional(text(partitionForm, "Left out: that of the server's region.")),
    root: optional(object({ accessKeys }, "The account's root user.")),
    publicAccessBlock: optional(publicAccessShape),
    groups: defaulted(named(groupNameForm, groupShape, "Groups.", noCase(groupsPerAccount)), {}),
    users: defaulted(named(nameForm, userShape, "Users.", noCase(usersPerAccount)), {}),
    roles: defaulted(named(nameForm, roleShape, "Roles.", noCase(rolesPerAccount)), {}),
    policies: defaulted(
      named(groupNameForm, managedPolicyShape, "Managed policies.", noCase(policiesPerAccount)),
      {},
    ),
    oidcProviders: defaulted(
      named(issuerForm, oidcProviderShape, "Issuers of web identities, by URL.", {
        most: oidcProvidersPerAccount,
      }),
      {},
    ),
    kmsKeys: defaulted(
      named(keyAliasForm, keyShape, "Keys of KMS by alias, without alias/.", {
        most: keysPerAccount,
      }),
      {},
    ),
    buckets: defaulted(
      named(bucketNameForm, bucketShape, "Buckets that the account owns.", {
        most: bucketsPerAccount,
      }),
      {},
    ),
    trails: defaulted(
      named(trailNameForm, trailShape, "Trails of CloudTrail.", { most: trailsPerAccount }),
      {},
    ),
  },
  "An account.",
);
export type WorldAccount = ReadOf<typeof accountShape>;
