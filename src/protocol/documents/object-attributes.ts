import type { ObjectChecksum } from "../../core/checksum.ts";
import { checksumElements, readChecksumElements } from "../headers/checksum-headers.ts";
import { child, childText, type XmlElement } from "../xml/parse.ts";
import { element, optionalElement, type XmlNode } from "../xml/render.ts";
import type { WrittenChecksum } from "./written-object.ts";

/** What the caller asked for and the object has; everything else is undefined. */
interface WrittenAttributes {
  /** Without quotes: this answer alone has it so. */
  readonly etag: string | undefined;
  readonly checksum: ObjectChecksum | undefined;
  readonly parts: WrittenParts | undefined;
  readonly storageClass: string | undefined;
  readonly sizeBytes: number | undefined;
}

interface WrittenParts {
  readonly count: number;
  /** Parts one by one; S3 shows them only where each has a checksum of its own. */
  readonly page?:
    | {
        readonly marker: number;
        readonly limit: number;
        readonly isTruncated: boolean;
        readonly parts: readonly {
          readonly partNumber: number;
          readonly sizeBytes: number;
          readonly checksum: WrittenChecksum | undefined;
        }[];
      }
    | undefined;
}

/** GetObjectAttributes' answer. */
export function renderObjectAttributes(attributes: WrittenAttributes): XmlNode {
  const { etag, checksum, parts, storageClass, sizeBytes } = attributes;
  return element(
    "GetObjectAttributesResponse",
    optionalElement("ETag", etag),
    checksum && renderChecksum(checksum),
    parts && renderParts(parts),
    optionalElement("StorageClass", storageClass),
    optionalElement("ObjectSize", sizeBytes),
  );
}

/** The number of parts stands in ObjectParts; S3 leaves it off the value here. */
function renderChecksum(checksum: ObjectChecksum): XmlNode {
  const value = checksum.value.replace(/-\d+$/, "");
  return element("Checksum", checksumElements({ ...checksum, value }));
}

function renderParts({ count, page }: WrittenParts): XmlNode {
  if (page === undefined) return element("ObjectParts", element("PartsCount", count));
  return element(
    "ObjectParts",
    element("IsTruncated", page.isTruncated),
    element("MaxParts", page.limit),
    element("NextPartNumberMarker", page.parts.at(-1)?.partNumber ?? 0),
    page.parts.map((part) =>
      element(
        "Part",
        checksumElements(part.checksum),
        element("PartNumber", part.partNumber),
        element("Size", part.sizeBytes),
      ),
    ),
    element("PartNumberMarker", page.marker),
    element("PartsCount", count),
  );
}

export interface ReadAttributes {
  readonly etag: string | undefined;
  /** A composite one without the number of parts. */
  readonly checksum: ObjectChecksum | undefined;
  readonly partsCount: number | undefined;
  readonly storageClass: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** Takes the document's root, whose name differs between stores. */
export function readObjectAttributes(root: XmlElement): ReadAttributes {
  const checksum = child(root, "Checksum");
  const parts = child(root, "ObjectParts");
  return {
    etag: childText(root, "ETag"),
    checksum: checksum && readChecksumElements(checksum),
    // The SDKs name it `TotalPartsCount`, and some stores send that.
    partsCount: numberIn(parts, "PartsCount") ?? numberIn(parts, "TotalPartsCount"),
    storageClass: childText(root, "StorageClass"),
    sizeBytes: numberIn(root, "ObjectSize"),
  };
}

function numberIn(parent: XmlElement | undefined, name: string): number | undefined {
  const text = parent && childText(parent, name);
  return text === undefined ? undefined : Number(text);
}
