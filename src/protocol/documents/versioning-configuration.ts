import type { VersioningStatus } from "../../core/bucket-settings.ts";
import { S3Error } from "../s3-error.ts";
import { choice } from "./scalars.ts";
import { xmlDocument } from "./setting-document.ts";
import { structure } from "./shape.ts";

interface VersioningConfiguration {
  readonly Status?: VersioningStatus;
  readonly MfaDelete?: "Enabled" | "Disabled";
}

/**
 * `VersioningConfiguration`. Sent without a status it throws IllegalVersioningConfigurationException,
 * and AccessDenied when MFA delete is to be switched on, which needs an MFA device.
 */
export const versioningConfiguration = xmlDocument<VersioningConfiguration, VersioningStatus>({
  root: "VersioningConfiguration",
  // What moto answers.
  otherRoots: ["GetBucketVersioningResponse"],
  shape: structure({
    Status: choice("Enabled", "Suspended"),
    MfaDelete: choice("Enabled", "Disabled"),
  }),
  judge: ({ Status, MfaDelete }) => {
    if (MfaDelete === "Enabled") {
      throw new S3Error("AccessDenied", {
        message: "Mfa Authentication must be used for this request",
      });
    }
    if (Status === undefined) throw new S3Error("IllegalVersioningConfigurationException");
  },
  fromWire: ({ Status }) => Status,
  toWire: (Status) => ({ Status }),
});
