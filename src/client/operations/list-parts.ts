import { assertObjectKey } from "../../core/object-key.ts";
import type {
  ListPartsOptions,
  ListPartsPage,
  UploadAddress,
  UploadedPart,
} from "../../core/object-store.ts";
import { childrenNamed, childText } from "../../protocol/xml/parse.ts";
import type { XmlElement } from "../../protocol/xml/parse.ts";
import { readChecksumElements } from "../../protocol/headers/checksum-headers.ts";
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
  const parts = childrenNamed(root, "Part").map(readPart);
  if (childText(root, "IsTruncated") !== "true") return { parts };
  const next = Number(childText(root, "NextPartNumberMarker") ?? Number.NaN);
  if (!(next > (options.partNumberMarker ?? 0))) {
    throw brokenPaging(operation, store.bucket, "a page of parts does not lead on.");
  }
  return { parts, nextPartNumberMarker: next };
}

function readPart(entry: XmlElement): UploadedPart {
  return {
    partNumber: Number(childText(entry, "PartNumber")),
    etag: childText(entry, "ETag") ?? "",
    sizeBytes: Number(childText(entry, "Size")),
    ...withoutUndefined({ checksum: readChecksumElements(entry) }),
  };
}
