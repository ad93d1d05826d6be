import type { Tag } from "../../core/bucket-settings.ts";

/**
 * The shape of `identities.json`, the accounts and keys that the embedded server knows:
 *
 * ```json
 * {
 *   "version": 1,
 *   "createdAt": "2026-11-24T10:00:00.000Z",
 *   "accounts": [
 *     {
 *       "id": "123456789012",
 *       "users": [
 *         {
 *           "name": "admin", "path": "/", "id": "AIDA...", "access": "administrator",
 *           "accessKeys": [{ "accessKeyId": "AKIA...", "secretAccessKey": "..." }]
 *         }
 *       ],
 *       "roles": [
 *         {
 *           "name": "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
 *           "path": "/aws-reserved/sso.amazonaws.com/", "id": "AROA...", "access": "administrator",
 *           "sessions": [
 *             {
 *               "name": "developer", "accessKeyId": "ASIA...", "secretAccessKey": "...",
 *               "sessionToken": "...", "expiresAt": "2036-11-21T10:00:00.000Z"
 *             }
 *           ]
 *         }
 *       ]
 *     }
 *   ]
 * }
 * ```
 *
 * A user, a role and a session may have `"tags": { "team": "red" }`, for conditions on
 * `aws:PrincipalTag/team`; a session's go before its role's. A session may have `"issuedAt"`, a time
 * like `createdAt` and that by default, for conditions on `aws:TokenIssueTime`.
 *
 * `access` is `administrator` (identity policies allow everything), `objects` (they allow to read and
 * write objects, and to use keys for that, but no settings of buckets) or `none` (only bucket policies
 * can allow). An account may also have `"root": { "accessKeys": [...] }` and `"partition"`; without
 * the latter it follows the server's region.
 */
export interface IdentitiesFile {
  readonly version: 1;
  /** ISO 8601; told as the creation date of its roles. */
  readonly createdAt: string;
  /** At least one. */
  readonly accounts: readonly AccountEntry[];
}

export interface AccountEntry {
  /** Twelve digits. */
  readonly id: string;
  readonly partition?: string;
  readonly root?: { readonly accessKeys: readonly AccessKeyEntry[] };
  readonly users: readonly UserEntry[];
  readonly roles: readonly RoleEntry[];
}

export interface AccessKeyEntry {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface UserEntry {
  readonly name: string;
  /** `/`, or `/.../`. */
  readonly path: string;
  /** `AIDA...` */
  readonly id: string;
  readonly access: IdentityAccess;
  readonly tags?: readonly Tag[];
  readonly accessKeys: readonly AccessKeyEntry[];
}

export interface RoleEntry {
  readonly name: string;
  readonly path: string;
  /** `AROA...` */
  readonly id: string;
  readonly access: IdentityAccess;
  readonly tags?: readonly Tag[];
  readonly sessions: readonly RoleSessionEntry[];
}

export interface RoleSessionEntry extends AccessKeyEntry {
  readonly name: string;
  readonly sessionToken: string;
  /** ISO 8601. */
  readonly issuedAt?: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly tags?: readonly Tag[];
}

export type IdentityAccess = "administrator" | "objects" | "none";
