/**
 * Quotas of IAM, those that accounts begin with. Lengths of policies are counted without white space.
 * Source: IAM User Guide, "IAM and AWS STS quotas"; API reference.
 */
export const iamLimits = {
  nameCharacters: 64,
  /** Of groups, policies and, in some calls, users. */
  longNameCharacters: 128,
  pathCharacters: 512,
  descriptionCharacters: 1000,
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  groupsPerUser: 10,
  accessKeysPerUser: 2,
  attachedPolicies: 10,
  policyVersions: 5,
  tags: 50,
  /** Issuers of web identities, and what each has. */
  oidcProviders: 100,
  oidcClientIds: 100,
  oidcThumbprints: 5,
  /** Of an issuer's URL, and of a client id. */
  oidcCharacters: 255,
  managedPolicyCharacters: 6144,
  /** All inline policies of one together. */
  inlineCharacters: { user: 2048, group: 5120, role: 10_240 },
  trustPolicyCharacters: 2048,
  /** As it is sent, with white space. */
  documentCharacters: 131_072,
  minimumSessionSeconds: 3600,
  maximumSessionSeconds: 43_200,
  /** Of a page. */
  defaultItems: 100,
  maximumItems: 1000,
  /** Of a simulation; ours. */
  simulatedActions: 1000,
  simulatedResources: 1000,
  /** A form: one document in any spelling, percent-encoded, or the policies of a simulation. */
  formBytes: 512 * 1024,
} as const;
