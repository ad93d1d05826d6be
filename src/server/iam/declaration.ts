import type { Tag } from "../../core/bucket-settings.ts";
import type { OrganizationRecord } from "./iam-records.ts";

/**
 * What a file says that should be there, checked: an identities file, or the description of a world.
 * Policies are documents as text. Where no `id` is given, what is there keeps its own, and what is new
 * gets one. See `applyDeclaration`.
 */
export interface Declaration {
  readonly accounts: readonly DeclaredAccount[];
  readonly organization?: OrganizationRecord;
}

export interface DeclaredAccount {
  readonly id: string;
  readonly partition: string;
  readonly name?: string;
  readonly alias?: string;
  /** Milliseconds since 1970; when everything in it was made. Default: now. */
  readonly createdAt?: number;
  readonly rootKeys: readonly DeclaredKey[];
  readonly policies: readonly DeclaredPolicy[];
  readonly groups: readonly DeclaredGroup[];
  readonly users: readonly DeclaredUser[];
  readonly roles: readonly DeclaredRole[];
  readonly oidcProviders?: readonly DeclaredOidcProvider[];
}

interface DeclaredOidcProvider {
  /** A URL. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
}

interface DeclaredName {
  readonly name: string;
  /** `/`, or `/.../`. */
  readonly path: string;
  readonly id?: string;
}

interface DeclaredPolicy extends DeclaredName {
  readonly description?: string;
  readonly document: string;
}

interface DeclaredHolder {
  /** Documents by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs. */
  readonly attached: readonly string[];
}

interface DeclaredGroup extends DeclaredName, DeclaredHolder {}

export interface DeclaredUser extends DeclaredName, DeclaredHolder {
  readonly tags: readonly Tag[];
  /** Names. */
  readonly groups: readonly string[];
  /** ARN. */
  readonly boundary?: string;
  readonly accessKeys: readonly DeclaredKey[];
}

export interface DeclaredRole extends DeclaredName, DeclaredHolder {
  readonly tags: readonly Tag[];
  readonly boundary?: string;
  readonly trustPolicy: string;
  readonly description?: string;
  /** Default: an hour. */
  readonly maxSessionSeconds?: number;
  /** Whose keys stand in the file. */
  readonly sessions: readonly DeclaredSession[];
}

export interface DeclaredKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Default: active. */
  readonly status?: "Inactive";
}

interface DeclaredSession extends DeclaredKey {
  readonly name: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tags: readonly Tag[];
}
