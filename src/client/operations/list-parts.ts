import { assertObjectKey } from "../../core/object-key.ts";
import type { ListPartsOptions, ListPartsPage } from "../../core/multipart-options.ts";
import type { UploadAddress } from "../../core/object-store.ts";
import { nextPlace } from "../../core/next-place.ts";
import { readListParts } from "../../protocol/documents/upload-parts.ts";
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
  const page = readListParts(root);
  const parts = page.parts.map(({ checksum, ...part }) => ({
    ...part,
    ...(checksum !== undefined && { checksum }),
  }));
  const next =
    page.nextMarker === undefined ? undefined : { nextPartNumberMarker: page.nextMarker };
  const from = { nextPartNumberMarker: options.partNumberMarker ?? 0 };
  const listing = { operation, bucket: store.bucket };
  return { parts, ...nextPlace({ isTruncated: page.isTruncated, next }, from, listing) };
}
