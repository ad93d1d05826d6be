import { assertObjectKey } from "../../core/object-key.ts";
import type { ListPartsOptions, ListPartsPage, UploadAddress } from "../../core/object-store.ts";
import { readListParts } from "../../protocol/documents/upload-parts.ts";
import { brokenPaging } from "./listing-page.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import { readDocument } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "ListParts";

export async function listParts(
  store: StoreContext,
  upload: UploadAddress,
  options: ListPartsOptions = {},
): Promise<ListPartsPage> {
  assertObjectKey(upload.key, operation);
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      key: upload.key,
      query: {
        uploadId: upload.uploadId,
        "part-number-marker": options.partNumberMarker,
        "max-parts": options.maxParts,
      },
    },
    options,
  );
  const root = readDocument(operation, answer, "ListPartsResult");
  const { parts: found, nextMarker } = readListParts(root);
  const parts = found.map(({ checksum, ...part }) => ({
    ...part,
    ...withoutUndefined({ checksum }),
  }));
  if (nextMarker === undefined) return { parts };
  if (!(nextMarker > (options.partNumberMarker ?? 0))) {
    throw brokenPaging(operation, store.bucket, "a page of parts does not lead on.");
  }
  return { parts, nextPartNumberMarker: nextMarker };
}
