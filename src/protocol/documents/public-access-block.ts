import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import { boolean } from "./scalars.ts";
import { same, xmlDocument } from "./setting-document.ts";
import { malformed } from "./read-element.ts";
import { structure } from "./shape.ts";

/** `PublicAccessBlockConfiguration`; what is not named is off. */
export const publicAccessBlock = xmlDocument<
  Partial<PublicAccessBlockConfiguration>,
  PublicAccessBlockConfiguration
>({
  root: "PublicAccessBlockConfiguration",
  // Ceph writes this name by mistake.
  otherRoots: ["BlockPublicAccessBlockConfiguration"],
  shape: structure({
    BlockPublicAcls: boolean,
    IgnorePublicAcls: boolean,
    BlockPublicPolicy: boolean,
    RestrictPublicBuckets: boolean,
  }),
  judge: (sent) => {
    if (Object.keys(sent).length === 0) throw malformed();
  },
  fromWire: (wire) => ({
    BlockPublicAcls: wire.BlockPublicAcls ?? false,
    IgnorePublicAcls: wire.IgnorePublicAcls ?? false,
    BlockPublicPolicy: wire.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: wire.RestrictPublicBuckets ?? false,
  }),
  toWire: same,
});
