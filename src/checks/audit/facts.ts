import type { BucketPresence, CallerIdentity } from "../../core/bucket-admin.ts";
import type {
  CorsConfiguration,
  LifecycleConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  VersioningStatus,
} from "../../core/bucket-settings.ts";
import type { BucketExtras, KeyState, TrailState } from "../../core/account-services.ts";
import type { OrganizationPolicies } from "../../core/policy-sources.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";

/** Everything that a rule may look at; undefined is "not set". */
export interface AuditFacts {
  /** `principalArn`: of a session its role's, path included; undefined where IAM may not be asked. */
  readonly caller: CallerIdentity & { readonly principalArn?: string };
  /** As the bucket of the caller's account: another's is refused, as one is that may not be seen. */
  readonly presence: BucketPresence;
  /** Whoever's bucket it is. Asked only where it is refused as the account's own. */
  readonly presenceForAnyOwner: BucketPresence | undefined;
  readonly encryption: ServerSideEncryptionConfiguration | undefined;
  readonly versioning: VersioningStatus | undefined;
  readonly lifecycle: LifecycleConfiguration | undefined;
  readonly policy: string | undefined;
  readonly policyStatus: { readonly isPublic: boolean } | undefined;
  readonly publicAccessBlock: PublicAccessBlockConfiguration | undefined;
  readonly accountPublicAccessBlock: PublicAccessBlockConfiguration | undefined;
  readonly ownership: ObjectOwnership | undefined;
  readonly cors: CorsConfiguration | undefined;
  readonly acl: BucketExtras["acl"];
  readonly logging: BucketExtras["logging"] | undefined;
  readonly website: boolean;
  readonly requesterPays: boolean;
  readonly replication: boolean;
  readonly notifications: boolean;
  readonly objectLock: boolean;
  /** Of the bucket's default encryption; undefined where it uses no key of KMS. */
  readonly key: KeyState | undefined;
  readonly trails: readonly TrailState[];
  /** What the organisation has in store for the caller's account; undefined: it is in none. */
  readonly organization: OrganizationPolicies | undefined;
  readonly objects: readonly SampledObject[];
  readonly environment: EnvironmentFacts;
}

export type FactName = keyof AuditFacts;

/** An object of the sample, and how it is encrypted. */
export interface SampledObject {
  readonly key: string;
  /** `AES256`, `aws:kms`, ...; undefined where the store does not say. */
  readonly encryption: string | undefined;
}

/** A denied read is unknown, never absent. */
export type Fact<T> =
  | { readonly state: "known"; readonly value: T }
  | { readonly state: "unknown"; readonly reason: string }
  | { readonly state: "not-supported"; readonly reason: string };

export type Facts = { readonly [Name in FactName]?: Fact<AuditFacts[Name]> };
