import type { Tag } from "../../core/bucket-settings.ts";
import type { CallerLayers, LayerName, OrganizationLevels } from "../../policy/access-layers.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import type { Principal } from "../../policy/request.ts";

/** Something that has a say and could not be seen. */
export interface Unseen {
  /** Undefined: it is no policy, such as how an object is encrypted. */
  readonly layer: LayerName | undefined;
  /** `the bucket's policy` */
  readonly what: string;
  readonly reason: string;
}

/** A key of KMS that the request makes use of. */
export interface KeyFacts {
  /** ARN, or the id as the bucket names it. */
  readonly arn: string;
  /** Undefined: it could not be seen. */
  readonly state: string | undefined;
  readonly policy: CompiledPolicy | undefined;
  /** Of the key's account; undefined: none limit it, or they could not be seen. */
  readonly resourceControl: OrganizationLevels | undefined;
  readonly unseen: readonly Unseen[];
  /** S3 then shows KMS the bucket's ARN in place of the object's. */
  readonly bucketKey: boolean;
}

/** All that was read to explain one request; plain data. */
export interface AccessFacts {
  readonly principal: Principal;
  /** Whether the ARN of its role or user is whole: read of IAM, or given; else its path is left out. */
  readonly isPathKnown: boolean;
  /** The session's name was not given. */
  readonly anySession: boolean;
  readonly layers: CallerLayers;
  /** The caller's own tags as IAM has them; undefined: they could not be seen. */
  readonly tags: readonly Tag[] | undefined;
  readonly bucketPolicy: CompiledPolicy | undefined;
  /** Undefined: it could not be seen. */
  readonly restrictPublicBuckets: boolean | undefined;
  /** ACLs still count in the bucket, or may: they give others what no policy allows. */
  readonly aclsCount: boolean;
  /** Twelve digits; undefined: the bucket did not show whose it is. */
  readonly owner: string | undefined;
  /** Of the bucket's account; undefined: none limit it, or they could not be seen. */
  readonly resourceControl: OrganizationLevels | undefined;
  /** Undefined: the request touches no key of KMS. */
  readonly key: KeyFacts | undefined;
  readonly unseen: readonly Unseen[];
}
