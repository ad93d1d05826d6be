import type { Capabilities } from "../../core/capabilities.ts";

/** What a store in this process can do. */
export const keptCapabilities: Capabilities = {
  overwrite: "yes",
  checksumHeaders: "yes",
  batchDelete: "yes",
  conditionalWrites: "yes",
  versioning: "yes",
  objectAttributes: "yes",
  userMetadata: "yes",
  // Nothing is encrypted, so nothing says that it is.
  serverSideEncryptionHeader: "no",
  sessionTokens: "no",
  copyPart: "yes",
  orderedListing: "yes",
  etagIsMd5: "yes",
  addressing: "path",
  partSizeMultipleBytes: 1,
};
