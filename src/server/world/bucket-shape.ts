import { regionForm } from "../../shapes/text-form.ts";
import { policy } from "./policy-shape.ts";
import { defaulted, flag, object, oneOf, optional, type ReadOf, text } from "../../shapes/shape.ts";

export const publicAccessShape = object(
  {
    BlockPublicAcls: defaulted(flag("Refuses public ACLs."), false),
    IgnorePublicAcls: defaulted(flag("Has public ACLs count for nothing."), false),
    BlockPublicPolicy: defaulted(flag("Refuses public bucket policies."), false),
    RestrictPublicBuckets: defaulted(flag("Has public policies serve the account alone."), false),
  },
  "S3's public access block; what is left out is off.",
);

/** Made when it is not there yet; what was put on it since is left alone until the world says otherwise. */
export const bucketShape = object(
  {
    region: optional(text(regionForm, "Left out: the server's.")),
    versioning: optional(oneOf(["Enabled", "Suspended"], "Left out: never switched on.")),
    publicAccessBlock: optional(publicAccessShape),
    policy: optional(policy("bucket", "The bucket policy.")),
  },
  "A bucket.",
);
export type WorldBucket = ReadOf<typeof bucketShape>;
