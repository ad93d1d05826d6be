import { renderEncryptionConfiguration } from "../../protocol/documents/encryption-configuration.ts";
import { defaultEncryption } from "../buckets/default-settings.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Always one rule: since 2023 there is no bucket without encryption. */
export const getBucketEncryption: Operation = {
  name: "GetBucketEncryption",
  handle: async (request) =>
    xmlResponse(
      renderEncryptionConfiguration(request.bucket().settings.encryption ?? defaultEncryption),
    ),
};
