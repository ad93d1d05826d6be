import type { Tag } from "../../core/bucket-settings.ts";

/**
 * What temporary keys stand for. Nothing of it is stored: all of it is in the session token. What the
 * role or user may do is not in it, but asked when the keys are used.
 */
export interface SessionGrant {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
  readonly principal: SessionPrincipal;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Texts of policies that were handed over with the request. */
  readonly policies?: readonly string[];
  /** ARNs of managed policies that were named in the request. */
  readonly policyArns?: readonly string[];
  readonly tags?: readonly Tag[];
  /** Keys of the tags that a role keeps which is assumed with these keys. */
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  /** When a code of the user's device was checked, in milliseconds since 1970. */
  readonly mfaAt?: number;
  /** Further condition keys, such as `aws:FederatedProvider` and `ISSUER:sub`. */
  readonly conditionKeys?: Readonly<Record<string, string>>;
}

type SessionPrincipal =
  | { readonly kind: "role"; readonly name: string; readonly id: string; readonly session: string }
  | { readonly kind: "user"; readonly name: string; readonly id: string }
  | { readonly kind: "root" }
  /** With the policies of the user who called GetFederationToken. */
  | {
      readonly kind: "federated-user";
      readonly name: string;
      readonly user: { readonly name: string; readonly id: string } | undefined;
    };
