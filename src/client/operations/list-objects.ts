import { parseChecksumAlgorithm } from "../../core/checksum.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../../core/checksum.ts";
import type { ListedObject, ListOptions, ListPage } from "../../core/object-store.ts";
import { unescapeXml } from "../../protocol/xml/unescape.ts";
import { decodeName } from "../listing-scanner.ts";
import type { LeafVisitor, ListingText } from "../listing-scanner.ts";
import type { S3Answer } from "../s3-request.ts";
import { brokenPaging, readDate, readListing } from "./listing-page.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "ListObjectsV2";

export async function listObjects(
  store: StoreContext,
  options: ListOptions = {},
): Promise<ListPage> {
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        "list-type": 2,
        prefix: options.prefix,
        delimiter: options.delimiter,
        "start-after": options.startAfter,
        "continuation-token": options.continuationToken,
        "max-keys": options.maxKeys,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readObjectsPage(answer);
  const { token } = page;
  if (page.truncated && token === undefined) {
    throw brokenPaging(operation, store.bucket, "a page says there is more but not where.");
  }
  if (page.truncated && token === options.continuationToken) {
    throw brokenPaging(operation, store.bucket, "a page leads back to itself.");
  }
  const { objects, commonPrefixes } = page;
  return page.truncated && token !== undefined
    ? { objects, commonPrefixes, continuationToken: token }
    : { objects, commonPrefixes };
}

interface ObjectsPage {
  readonly objects: ListedObject[];
  readonly commonPrefixes: string[];
  readonly truncated: boolean;
  readonly token: string | undefined;
}

function readObjectsPage(answer: S3Answer): ObjectsPage {
  const objects: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  let truncated = false;
  let token: string | undefined;
  readListing(operation, answer, {
    root: "ListBucketResult",
    entry(name, page) {
      if (name === "Contents") return objectVisitor(objects, page);
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      return undefined;
    },
    value(name, value) {
      if (name === "IsTruncated") truncated = value.trim() === "true";
      // Tokens are opaque and never percent-encoded.
      else if (name === "NextContinuationToken" && value !== "") token = unescapeXml(value);
    },
  });
  return { objects, commonPrefixes, truncated, token };
}

export function prefixVisitor(prefixes: string[], page: ListingText): LeafVisitor {
  return (name, value) => {
    if (name === "Prefix") prefixes.push(decodeName(page, value));
  };
}

interface MutableListing {
  key: string;
  sizeBytes: number;
  etag: string;
  lastModified: Date;
  storageClass?: string;
  checksumAlgorithm?: ChecksumAlgorithm;
  checksumType?: ChecksumType;
}

/** Fills an entry that is in the list already; S3 gives its members in no promised order. */
function objectVisitor(objects: ListedObject[], page: ListingText): LeafVisitor {
  const entry: MutableListing = { key: "", sizeBytes: 0, etag: "", lastModified: new Date(0) };
  objects.push(entry);
  return (name, value) => {
    switch (name) {
      case "Key":
        entry.key = decodeName(page, value);
        break;
      case "Size":
        entry.sizeBytes = Number(value);
        break;
      case "ETag":
        entry.etag = unescapeXml(value);
        break;
      case "LastModified":
        entry.lastModified = readDate(value);
        break;
      case "StorageClass":
        entry.storageClass = unescapeXml(value);
        break;
      case "ChecksumAlgorithm":
        Object.assign(
          entry,
          withoutUndefined({ checksumAlgorithm: parseChecksumAlgorithm(value) }),
        );
        break;
      case "ChecksumType":
        if (value === "FULL_OBJECT" || value === "COMPOSITE") entry.checksumType = value;
        break;
    }
  };
}
