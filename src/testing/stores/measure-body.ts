import { createHash } from "node:crypto";
import type { ChecksumAlgorithm, ObjectChecksum } from "../../core/checksum.ts";
import type { PutOptions, UploadBody } from "../../core/object-store.ts";
import { createChecksum } from "../../protocol/checksums/checksum.ts";
import type { KeptBytes, Shelf } from "./shelf.ts";
import { refusal, type RefusedCall } from "./refusal.ts";

/** Bytes that were taken, with what they are known by. */
export interface MeasuredBytes {
  readonly bytes: KeptBytes;
  /** MD5, with quotes. */
  readonly etag: string;
  readonly checksum: ObjectChecksum;
}

type ChecksumChoice = PutOptions["checksum"];

/** S3 makes a CRC64NVME of what comes without a checksum. Source: S3 User Guide, object integrity. */
const algorithmOf = (choice: ChecksumChoice): ChecksumAlgorithm => {
  if (typeof choice === "object") return choice.algorithm;
  if (choice === undefined || choice === "auto") return "CRC32";
  return choice === "none" ? "CRC64NVME" : choice;
};

/** Takes a body in. Throws BadDigest when it is not what the caller says, IncompleteBody when shorter. */
export async function takeBody(
  shelf: Shelf,
  call: RefusedCall,
  body: UploadBody,
  choice: ChecksumChoice,
): Promise<MeasuredBytes> {
  const algorithm = algorithmOf(choice);
  const md5 = createHash("md5");
  const running = createChecksum(algorithm);
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksOf(body)) {
      md5.update(chunk);
      running.update(chunk);
      yield chunk;
    }
  }
  const bytes = await shelf.keep(measured());
  try {
    const announced = body instanceof Uint8Array ? body.length : body.lengthBytes;
    if (bytes.sizeBytes !== announced) throw refusal("IncompleteBody", call);
    const value = running.digest().toString("base64");
    if (typeof choice === "object" && choice.value !== value) throw refusal("BadDigest", call);
    const checksum: ObjectChecksum = { algorithm, type: "FULL_OBJECT", value };
    return { bytes, etag: `"${md5.digest("hex")}"`, checksum };
  } catch (error) {
    await bytes.discard();
    throw error;
  }
}

async function* chunksOf(body: UploadBody): AsyncGenerator<Uint8Array> {
  // Copied: whoever gave it may use its memory again once the call has answered.
  if (body instanceof Uint8Array) yield Uint8Array.from(body);
  else for await (const chunk of body.open()) yield Uint8Array.from(chunk);
}
