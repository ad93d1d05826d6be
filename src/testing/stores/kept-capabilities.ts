import { awsDialect } from "../../client/dialects/aws.ts";
import { capabilitiesOf } from "../../client/dialects/dialect.ts";
import type { Capabilities } from "../../core/capabilities.ts";

/** What a store in this process can do: what S3 can, but for what it has no keys for. */
export const keptCapabilities: Capabilities = {
  ...capabilitiesOf(awsDialect, "path"),
  // Nothing is encrypted, so nothing says that it is.
  serverSideEncryptionHeader: "no",
  sessionTokens: "no",
};
