import type { ObjectEncryption } from "../../engine/engine.ts";
import type { OperationRequest } from "../operation.ts";

/** The ETag of an object under a KMS key tells nothing of its bytes. Undefined: the MD5. */
export function opaqueEtag(
  request: OperationRequest,
  encryption: ObjectEncryption,
): string | undefined {
  return encryption.algorithm === "AES256" ? undefined : request.randomBytes(16).toString("hex");
}
