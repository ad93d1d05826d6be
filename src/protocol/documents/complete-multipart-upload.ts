import { checksumAlgorithms, type ChecksumAlgorithm } from "../../core/checksum.ts";
import { childText, childrenNamed, parseXml, type XmlElement } from "../xml/parse.ts";
import { element, optionalElement, type XmlNode } from "../xml/render.ts";
import { malformed } from "./read-element.ts";

/** A part as CompleteMultipartUpload lists it. */
export interface CompletedPart {
  readonly partNumber: number;
  /** As it stands, mostly in quotes. */
  readonly etag: string;
  /** Base64; SDKs may send several. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

export function renderCompleteMultipartUpload(parts: readonly CompletedPart[]): XmlNode {
  return element("CompleteMultipartUpload", parts.map(renderPart));
}

function renderPart({ partNumber, etag, checksums }: CompletedPart): XmlNode {
  return element(
    "Part",
    ...checksumAlgorithms.map((name) => optionalElement(`Checksum${name}`, checksums[name])),
    element("ETag", etag),
    element("PartNumber", partNumber),
  );
}

/** Throws S3Error MalformedXML. Their order and number are the caller's to judge. */
export function parseCompleteMultipartUpload(bytes: Uint8Array | string): CompletedPart[] {
  return childrenNamed(parseXml(bytes, { root: "CompleteMultipartUpload" }), "Part").map(readPart);
}

function readPart(part: XmlElement): CompletedPart {
  const number = childText(part, "PartNumber")?.trim() ?? "";
  const etag = childText(part, "ETag")?.trim();
  if (!/^\d{1,9}$/.test(number) || etag === undefined) throw malformed();
  const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
  for (const name of checksumAlgorithms) {
    const value = childText(part, `Checksum${name}`);
    if (value !== undefined) checksums[name] = value;
  }
  return { partNumber: Number(number), etag, checksums };
}
