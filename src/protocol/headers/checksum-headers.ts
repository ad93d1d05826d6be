import {
  checksumAlgorithms,
  checksumHeader,
  type ChecksumType,
  type ObjectChecksum,
} from "../../core/checksum.ts";
import { childText, type XmlElement } from "../xml/parse.ts";
import { element, type XmlNode } from "../xml/render.ts";

/** `x-amz-checksum-crc32: ...` and its type. */
export function checksumHeaders(checksum: ObjectChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    "x-amz-checksum-type": checksum.type,
  };
}

/** The checksum that headers carry; undefined when none. `header` is asked by lower-case names. */
export function readChecksumHeaders(
  header: (name: string) => string | undefined,
): ObjectChecksum | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = header(checksumHeader(algorithm));
    if (value === undefined) continue;
    return { algorithm, type: typeOf(value, header("x-amz-checksum-type")), value };
  }
  return undefined;
}

/** `<ChecksumCRC32>` and, but for a part, `<ChecksumType>`. */
export function checksumElements(
  checksum: (Omit<ObjectChecksum, "type"> & { readonly type?: ChecksumType }) | undefined,
): XmlNode[] {
  if (checksum === undefined) return [];
  const value = element(`Checksum${checksum.algorithm}`, checksum.value);
  return checksum.type === undefined ? [value] : [value, element("ChecksumType", checksum.type)];
}

/** The checksum among an element's children; undefined when there is none. */
export function readChecksumElements(parent: XmlElement): ObjectChecksum | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = childText(parent, `Checksum${algorithm}`);
    if (value === undefined) continue;
    return { algorithm, type: typeOf(value, childText(parent, "ChecksumType")), value };
  }
  return undefined;
}

/** Older answers do not name the type; a composite value shows it by the number of its parts. */
function typeOf(value: string, named: string | undefined): ChecksumType {
  return named === "COMPOSITE" || value.includes("-") ? "COMPOSITE" : "FULL_OBJECT";
}
