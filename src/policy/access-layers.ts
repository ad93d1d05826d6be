import type { CompiledPolicy } from "./compile-policy.ts";

/** The places where a policy can stand that has a say about a request, in AWS's order. */
export type LayerName =
  | "resource-control"
  | "service-control"
  | "vpc-endpoint"
  | "resource"
  | "identity"
  | "boundary"
  | "session";

/** A policy with the name by which people know it: its ARN, or the name of an inline policy. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: CompiledPolicy;
}

/** What is attached at one place of an organisation. */
export interface OrganizationLevel extends ReadonlyArray<NamedPolicy> {
  /** In words, such as `unit science`. */
  readonly place?: string;
}

/** From the root of an organisation to the account: on every level one policy has to allow. */
export type OrganizationLevels = readonly OrganizationLevel[];

/** What stands on the caller's side. */
export interface CallerLayers {
  /** Of the user and its groups, or of the role; inline and attached. */
  readonly identity: readonly NamedPolicy[];
  /** Undefined: none, so that it limits nothing. */
  readonly boundary?: NamedPolicy;
  /** Handed over when the session was made; undefined: none. */
  readonly session?: readonly NamedPolicy[];
  /** Of the caller's account; undefined: in no organisation, or its management account. */
  readonly serviceControl?: OrganizationLevels;
}

/** What stands on the way to the resource, beside its own policy. */
export interface ResourceLayers {
  /** Of the resource's account; undefined: in no organisation. */
  readonly resourceControl?: OrganizationLevels | undefined;
  /** Of the endpoint that the request came through; undefined: it came through none. */
  readonly vpcEndpoint?: NamedPolicy | undefined;
}

/** Nobody's: of an anonymous caller. */
export const noLayers: CallerLayers = { identity: [] };
