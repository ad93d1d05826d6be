import type {
  ListUploadsOptions,
  ListUploadsPage,
  UploadAddress,
} from "../../core/object-store.ts";
import { unescapeXml } from "../../protocol/xml/unescape.ts";
import { decodeName } from "../listing-scanner.ts";
import type { S3Answer } from "../s3-request.ts";
import { prefixVisitor } from "./list-objects.ts";
import { brokenPaging, readDate, readListing } from "./listing-page.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "ListMultipartUploads";

export async function listMultipartUploads(
  store: StoreContext,
  options: ListUploadsOptions = {},
): Promise<ListUploadsPage> {
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        uploads: "",
        prefix: options.prefix,
        delimiter: options.delimiter,
        "key-marker": options.keyMarker,
        "upload-id-marker": options.uploadIdMarker,
        "max-uploads": options.maxUploads,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readUploadsPage(answer);
  const { uploads, commonPrefixes, nextKeyMarker, nextUploadIdMarker } = page;
  if (!page.truncated) return { uploads, commonPrefixes };
  if (nextKeyMarker === undefined) {
    throw brokenPaging(operation, store.bucket, "a page says there is more but not where.");
  }
  if (nextKeyMarker === options.keyMarker && nextUploadIdMarker === options.uploadIdMarker) {
    throw brokenPaging(operation, store.bucket, "a page leads back to itself.");
  }
  return { uploads, commonPrefixes, nextKeyMarker, ...withoutUndefined({ nextUploadIdMarker }) };
}

function readUploadsPage(answer: S3Answer): {
  uploads: (UploadAddress & { initiated: Date })[];
  commonPrefixes: string[];
  truncated: boolean;
  nextKeyMarker: string | undefined;
  nextUploadIdMarker: string | undefined;
} {
  const uploads: { key: string; uploadId: string; initiated: Date }[] = [];
  const commonPrefixes: string[] = [];
  let truncated = false;
  let nextKeyMarker: string | undefined;
  let nextUploadIdMarker: string | undefined;
  readListing(operation, answer, {
    root: "ListMultipartUploadsResult",
    entry(name, page) {
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      if (name !== "Upload") return undefined;
      const upload = { key: "", uploadId: "", initiated: new Date(0) };
      uploads.push(upload);
      return (leaf, value) => {
        if (leaf === "Key") upload.key = decodeName(page, value);
        else if (leaf === "UploadId") upload.uploadId = unescapeXml(value);
        else if (leaf === "Initiated") upload.initiated = readDate(value);
      };
    },
    value(name, value, page) {
      if (name === "IsTruncated") truncated = value.trim() === "true";
      else if (name === "NextKeyMarker") nextKeyMarker = decodeName(page, value);
      else if (name === "NextUploadIdMarker") nextUploadIdMarker = unescapeXml(value);
    },
  });
  return { uploads, commonPrefixes, truncated, nextKeyMarker, nextUploadIdMarker };
}
