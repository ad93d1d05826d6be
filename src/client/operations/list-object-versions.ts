import type {
  ListedVersion,
  ListVersionsOptions,
  ListVersionsPage,
} from "../../core/object-store.ts";
import { unescapeXml } from "../../protocol/xml/unescape.ts";
import { decodeName } from "../listing-scanner.ts";
import type { LeafVisitor, ListingText } from "../listing-scanner.ts";
import type { S3Answer } from "../s3-request.ts";
import { prefixVisitor } from "./list-objects.ts";
import { brokenPaging, readDate, readListing } from "./listing-page.ts";
import { requireAbility } from "./store-context.ts";
import type { StoreContext } from "./store-context.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";

const operation = "ListObjectVersions";

export async function listObjectVersions(
  store: StoreContext,
  options: ListVersionsOptions = {},
): Promise<ListVersionsPage> {
  requireAbility(store, "versioning", { operation, name: "versioning" });
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        versions: "",
        prefix: options.prefix,
        delimiter: options.delimiter,
        "key-marker": options.keyMarker,
        "version-id-marker": options.versionIdMarker,
        "max-keys": options.maxKeys,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readVersionsPage(answer);
  const { versions, commonPrefixes, nextKeyMarker, nextVersionIdMarker } = page;
  if (!page.truncated) return { versions, commonPrefixes };
  if (nextKeyMarker === undefined) {
    throw brokenPaging(operation, store.bucket, "a page says there is more but not where.");
  }
  const isSame =
    nextKeyMarker === options.keyMarker && nextVersionIdMarker === options.versionIdMarker;
  if (isSame) throw brokenPaging(operation, store.bucket, "a page leads back to itself.");
  return {
    versions,
    commonPrefixes,
    nextKeyMarker,
    ...withoutUndefined({ nextVersionIdMarker }),
  };
}

function readVersionsPage(answer: S3Answer): {
  versions: ListedVersion[];
  commonPrefixes: string[];
  truncated: boolean;
  nextKeyMarker: string | undefined;
  nextVersionIdMarker: string | undefined;
} {
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  let truncated = false;
  let nextKeyMarker: string | undefined;
  let nextVersionIdMarker: string | undefined;
  readListing(operation, answer, {
    root: "ListVersionsResult",
    entry(name, page) {
      if (name === "Version") return versionVisitor(versions, page, false);
      if (name === "DeleteMarker") return versionVisitor(versions, page, true);
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      return undefined;
    },
    value(name, value, page) {
      if (name === "IsTruncated") truncated = value.trim() === "true";
      else if (name === "NextKeyMarker") nextKeyMarker = decodeName(page, value);
      else if (name === "NextVersionIdMarker") nextVersionIdMarker = unescapeXml(value);
    },
  });
  return { versions, commonPrefixes, truncated, nextKeyMarker, nextVersionIdMarker };
}

function versionVisitor(
  versions: ListedVersion[],
  page: ListingText,
  isDeleteMarker: boolean,
): LeafVisitor {
  const entry: { -readonly [Name in keyof ListedVersion]: ListedVersion[Name] } = {
    key: "",
    versionId: "null",
    isLatest: false,
    isDeleteMarker,
    lastModified: new Date(0),
    sizeBytes: 0,
  };
  versions.push(entry);
  return (name, value) => {
    switch (name) {
      case "Key":
        entry.key = decodeName(page, value);
        break;
      case "VersionId":
        entry.versionId = unescapeXml(value);
        break;
      case "IsLatest":
        entry.isLatest = value === "true";
        break;
      case "LastModified":
        entry.lastModified = readDate(value);
        break;
      case "Size":
        entry.sizeBytes = Number(value);
        break;
      case "ETag":
        entry.etag = unescapeXml(value);
        break;
    }
  };
}
