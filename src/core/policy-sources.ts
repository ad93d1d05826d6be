import type { Tag } from "./bucket-settings.ts";

/** A policy as IAM holds it. `name`: its ARN, or the name of an inline policy. */
export interface PolicyDocument {
  readonly name: string;
  readonly text: string;
}

/** Whose policies are read: by name, in the caller's account. */
export interface PolicyHolder {
  readonly kind: "role" | "user";
  readonly name: string;
}

/** A user or role as IAM knows it. */
export interface HolderDescription {
  /** With its path. */
  readonly arn: string;
  /** `AROA...`, `AIDA...` */
  readonly id: string;
  readonly tags: readonly Tag[];
  /** ARN of the policy; undefined: there is none. */
  readonly boundaryArn: string | undefined;
}

/** What IAM's simulator says of the organisation's policies. */
export interface OrganizationVerdict {
  /** Undefined: the account is in no organisation, or no service control policy reaches it. */
  readonly allowed: boolean | undefined;
}

/** What is attached at one place of an organisation. */
export interface OrganizationStep {
  /** In words, such as `unit science`. */
  readonly place: string;
  readonly serviceControl: readonly PolicyDocument[];
  readonly resourceControl: readonly PolicyDocument[];
}

/** What an organisation has in store for one of its accounts. */
export interface OrganizationPolicies {
  /** No policy of the organisation limits it. */
  readonly isManagement: boolean;
  /** Kinds that are turned on; the others count for nothing. */
  readonly kinds: ReadonlySet<"serviceControl" | "resourceControl">;
  /** From the root to the account. */
  readonly steps: readonly OrganizationStep[];
}

export interface SimulationWish {
  /** ARN of a user or role. */
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly context: ReadonlyMap<string, string>;
}

export interface OwnSimulationWish extends Pick<SimulationWish, "principalArn" | "context"> {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export interface SimulatedAccess {
  readonly action: string;
  readonly resource: string;
  readonly isAllowed: boolean;
  /** Condition keys that the policies ask for and nobody gave: with them it may be otherwise. */
  readonly missingKeys: readonly string[];
}

/**
 * Where the policies beside a bucket's own are read. Each throws StorageError: NotSupported where the
 * store has no such service, PermissionDenied where the caller may not look.
 */
export interface PolicySources {
  /** Undefined: there is none of that name. */
  describeHolder(holder: PolicyHolder): Promise<HolderDescription | undefined>;
  inlinePolicies(holder: PolicyHolder): Promise<readonly PolicyDocument[]>;
  attachedPolicies(holder: PolicyHolder): Promise<readonly PolicyDocument[]>;
  /** Inline and attached ones of the groups that a user is in. */
  groupPolicies(userName: string): Promise<readonly PolicyDocument[]>;
  managedPolicy(arn: string): Promise<PolicyDocument>;
  keyPolicy(keyId: string): Promise<string>;
  /**
   * By Organizations, for its management account and those that it has delegated to. Undefined: the
   * caller's account is in no organisation. Throws NotFound for an account of another one.
   */
  organizationPolicies(accountId: string): Promise<OrganizationPolicies | undefined>;
  simulateOrganization(wish: SimulationWish): Promise<OrganizationVerdict>;
  /** What the policies on the caller's own side say, by IAM's simulator: an answer for each action and resource. */
  simulateOwn(wish: OwnSimulationWish): Promise<readonly SimulatedAccess[]>;
  close(): void;
}
