import { assertObjectKey } from "../../core/object-key.ts";
import type { CreateUploadOptions } from "../../core/multipart-options.ts";
import { readUploadId } from "../../protocol/documents/upload-parts.ts";
import { storedHeaders } from "./object-headers.ts";
import { readDocument, unreadable } from "./read-document.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";
import { automaticAlgorithm, withoutRefusedChecksum } from "./upload-checksum.ts";

const operation = "CreateMultipartUpload";

/**
 * Announces the algorithm of the parts' checksums, by default the one that `uploadPart` uses on its
 * own: S3 refuses parts whose checksum was not announced.
 */
export async function createMultipartUpload(
  store: StoreContext,
  key: string,
  options: CreateUploadOptions = {},
): Promise<string> {
  assertObjectKey(key, operation);
  const choice = options.checksumAlgorithm ?? "auto";
  if (choice !== "auto" && choice !== "none") {
    requireAbility(store, "checksumHeaders", { operation, key, name: "checksum headers" });
  }
  const answer = await withoutRefusedChecksum(store, operation, () => {
    const algorithm = choice === "auto" ? automaticAlgorithm(store) : choice;
    const announced = algorithm === "none" ? undefined : algorithm;
    return store.sender.send(
      {
        operation,
        method: "POST",
        key,
        query: { uploads: "" },
        headers: {
          ...storedHeaders(store, operation, options),
          "x-amz-checksum-algorithm": announced,
          "x-amz-checksum-type": announced === undefined ? undefined : options.checksumType,
        },
      },
      options,
    );
  });
  const root = readDocument(operation, answer, "InitiateMultipartUploadResult");
  const uploadId = readUploadId(root);
  if (uploadId === undefined) throw unreadable(operation, answer, "UploadId");
  return uploadId;
}
