import type { PartRecord, UploadRecord } from "../../engine/engine.ts";
import { askedChecksum } from "./upload-checksum.ts";
import type { WrittenChecksum } from "../../protocol/documents/written-object.ts";

/** A part's checksum as answers tell it: of its upload's algorithm, without a type. */
export function partChecksum(
  part: Pick<PartRecord, "checksum">,
  upload: Pick<UploadRecord, "checksum">,
): WrittenChecksum | undefined {
  const asked = askedChecksum(upload);
  if (asked === undefined || part.checksum === undefined) return undefined;
  return { algorithm: asked.algorithm, value: part.checksum };
}
