import type { ObjectEncryption } from "../../engine/object-encryption.ts";
import type { OperationRequest } from "../operation.ts";

/** The ETag of an object under a key of KMS or of its customer tells nothing of its bytes. Undefined: the MD5. */
export function opaqueEtag(
  request: OperationRequest,
  encryption: ObjectEncryption,
): string | undefined {
  return isPlain(encryption) ? undefined : request.randomBytes(16).toString("hex");
}

/** Under the store's own key, which no caller has to bring or may be denied. */
export function isPlain({ algorithm, customerKeyMd5 }: ObjectEncryption): boolean {
  return algorithm === "AES256" && customerKeyMd5 === undefined;
}
