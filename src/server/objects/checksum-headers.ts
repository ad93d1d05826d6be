import { checksumHeader, type ObjectChecksum } from "../../core/checksum.ts";
import { element, type XmlNode } from "../../protocol/xml/render.ts";

/** `x-amz-checksum-crc32: ...` and its type. */
export function checksumHeaders(checksum: ObjectChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    "x-amz-checksum-type": checksum.type,
  };
}

/** `<ChecksumCRC32>` and, where asked for, `<ChecksumType>`. */
export function checksumElements(
  checksum: ObjectChecksum | undefined,
  options: { readonly withType?: boolean } = {},
): XmlNode[] {
  if (checksum === undefined) return [];
  const value = element(`Checksum${checksum.algorithm}`, checksum.value);
  return options.withType === false ? [value] : [value, element("ChecksumType", checksum.type)];
}
