import { parseEncryptionConfiguration } from "../../protocol/documents/encryption-configuration.ts";
import { checkEncryption } from "../buckets/encryption-rules.ts";
import type { Operation } from "../operation.ts";

/** Replaces the default encryption of new objects. */
export const putBucketEncryption: Operation = {
  name: "PutBucketEncryption",
  handle: async (request) => {
    const encryption = checkEncryption(parseEncryptionConfiguration(await request.readDocument()));
    await request.engine.updateBucketSettings(request.bucketName, (settings) => ({
      ...settings,
      encryption,
    }));
    return { status: 200 };
  },
};
