import type { LifecycleRule } from "../core/bucket-settings.ts";
import type { BucketPresence } from "../core/bucket-admin.ts";
import type { OrganizationPolicies } from "../core/policy-sources.ts";
import type { AspectName } from "./aspect-name.ts";
import type { Reading } from "../core/reading.ts";
import type { StatementDocument } from "../policy/compare-statements.ts";
import type { ResolvedPrincipal } from "./resolve-principals.ts";

/** What was found, all of it plain data. */
export interface ObservedState {
  readonly bucket: string;
  readonly presence: BucketPresence;
  /** Undefined when the store cannot tell, `callerProblem` says why. */
  readonly caller: ObservedCaller | undefined;
  readonly callerProblem: string | undefined;
  /** Those of the wished-for policy, in its order. */
  readonly principals: readonly ResolvedPrincipal[];
  readonly readings: Readonly<Record<AspectName, Reading>>;
  /** Of the account that the bucket belongs to. Left out: it was not looked at. */
  readonly organization?: ObservedOrganization;
  /** Goes before what the bucket has where the wish says nothing. Left out: nothing was recorded. */
  readonly recorded?: RecordedOwn;
}

/** The set-up's own statements and rules, as they once were found and said to be well. */
export interface RecordedOwn {
  readonly statements: readonly StatementDocument[];
  readonly rules: readonly LifecycleRule[];
}

/** What the organisation has in store for an account; its policies undefined: it is in none. */
export type ObservedOrganization =
  | { readonly state: "known"; readonly policies: OrganizationPolicies | undefined }
  | {
      readonly state: "unknown";
      readonly reason: string;
      /**
       * Actions that service control policies keep from the caller, as IAM's simulator sees them. Undefined: it
       * does not tell.
       */
      readonly simulated: readonly string[] | undefined;
    };

export interface ObservedCaller {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** From the ARN; the region's where the ARN has none. */
  readonly partition: string;
}
