import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { boolean, date, integer, word } from "./scalars.ts";
import { list, required, structure } from "./shape.ts";

type Action<Name extends keyof LifecycleRule> = NonNullable<LifecycleRule[Name]>;

const when = { Days: integer, Date: date };
const noncurrent = { NoncurrentDays: integer, NewerNoncurrentVersions: integer };
const storageClass = { StorageClass: required(word) };

/** What a rule does; days are not yet judged. */
export const lifecycleActions = {
  Transitions: list(
    structure<Action<"Transitions">[number]>({ ...when, ...storageClass }),
    "Transition",
  ),
  Expiration: structure<Action<"Expiration">>({ ...when, ExpiredObjectDeleteMarker: boolean }),
  NoncurrentVersionTransitions: list(
    structure<Action<"NoncurrentVersionTransitions">[number]>({ ...noncurrent, ...storageClass }),
    "NoncurrentVersionTransition",
  ),
  NoncurrentVersionExpiration: structure<Action<"NoncurrentVersionExpiration">>(noncurrent),
  AbortIncompleteMultipartUpload: structure<Action<"AbortIncompleteMultipartUpload">>({
    DaysAfterInitiation: required(integer),
  }),
};
