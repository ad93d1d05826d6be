/** Bounds of a world file; ours unless a source is named. */
export const worldLimits = {
  accounts: 1000,
  /** Source of this and those below: IAM User Guide, "IAM and AWS STS quotas". */
  usersPerAccount: 5000,
  groupsPerAccount: 500,
  rolesPerAccount: 5000,
  policiesPerAccount: 5000,
  groupsPerUser: 10,
  attachedPolicies: 20,
  inlinePolicies: 100,
  accessKeysPerUser: 2,
  tags: 50,
  oidcProvidersPerAccount: 100,
  oidcClientIds: 100,
  /** Of one issuer, and in the file that holds them. */
  oidcKeys: 100,
  jwksBytes: 256 * 1024,
  keysPerAccount: 1000,
  bucketsPerAccount: 1000,
  /** Of all regions; each has a bound of its own. */
  trailsPerAccount: 200,
  /** Source: Organizations User Guide, "Quotas". */
  organizationPolicies: 2000,
  attachedOrganizationPolicies: 5,
  organizationalUnits: 2000,
  /** Under the root. */
  organizationalUnitDepth: 5,
  /** Source: IAM Identity Center User Guide, "Quotas". */
  permissionSets: 2000,
  ssoUsers: 10_000,
  assignments: 10_000,
  vpcEndpoints: 1000,
  hostsPerEndpoint: 20,
  /** How often a watched file is looked at, besides what the system tells of its folder. */
  lookMs: 1000,
  /** After a change is seen, for whoever writes the file to finish. */
  settleMs: 100,
} as const;
