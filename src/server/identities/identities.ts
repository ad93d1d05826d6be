import type { Tag } from "../../core/bucket-settings.ts";
import type { CallerLayers, ResourceLayers } from "../../policy/access-layers.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import type { Organization } from "../../policy/request.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import type { RoleRecord } from "../iam/iam-records.ts";

/** Whom policies name. */
export interface KnownPrincipals {
  /**
   * Whether the user or role of this ARN, its path included, or the role of this session's ARN is
   * there. Of accounts that are not known here everybody counts as there.
   */
  principalExists(arn: string): boolean;
  /** The unique id of the user or role of this ARN, its path included; undefined: it has none here. */
  idOfPrincipal(arn: string): string | undefined;
  /** The ARN of the user or role that has this unique id now. */
  arnOfId(id: string): string | undefined;
}

/** Who can call the server, and with which keys: what requests ask of IAM. */
export interface Identities extends KnownPrincipals {
  /** Undefined: no such key, or an inactive one. An expired session is found, with `expired` set. */
  findByAccessKey(accessKeyId: string, now: Date): ResolvedIdentity | undefined;
  /** A user or role, with what it may do now. */
  findPrincipal(
    accountId: string,
    kind: "user" | "role",
    name: string,
  ): ResolvedPrincipal | undefined;
  /** The root user of an account that is known here. */
  findRoot(accountId: string): ResolvedPrincipal | undefined;
  /** As a policy of identities. */
  findManagedPolicy(arn: string): CompiledPolicy | undefined;
  findRole(accountId: string, roleName: string): ResolvedRole | undefined;
  /** Where the account stands; undefined: in no organisation. */
  organizationOf(accountId: string): Organization | undefined;
  /** What an organisation says of the account's resources. */
  resourceLayers(accountId: string): ResourceLayers;
}

export interface ResolvedIdentity {
  readonly caller: AuthenticatedCaller;
  readonly secretAccessKey: string;
  /** Set for role sessions; requests must carry the same. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
  readonly expired: boolean;
}

export interface ResolvedPrincipal {
  /** With the path, as IAM has it. */
  readonly arn: string;
  /** `AIDA...`, `AROA...`, or the account's for its root user. */
  readonly id: string;
  readonly tags: readonly Tag[];
  readonly layers: CallerLayers;
}

export interface ResolvedRole {
  /** With the path, as IAM has it. */
  readonly arn: string;
  readonly role: RoleRecord;
  readonly createdAt: Date;
  /** Of its sessions, but for the policies of the session itself. */
  readonly layers: CallerLayers;
  readonly trustPolicy: CompiledPolicy;
}
