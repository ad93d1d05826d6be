import { createHash } from "node:crypto";
import type { UploadBody } from "../core/object-store.ts";
import type { PayloadSigning } from "./dialects/dialect.ts";

const unsignedPayload = "UNSIGNED-PAYLOAD";
const emptySha256 = createHash("sha256").digest("hex");

/** The value of `x-amz-content-sha256`: a hash of the body, or that there is none. */
export async function payloadHash(
  body: UploadBody | undefined,
  signing: PayloadSigning,
  secure: boolean,
): Promise<string> {
  if (body === undefined) return emptySha256;
  if (signing === "never") return unsignedPayload;
  if (signing === "auto" && (secure || !(body instanceof Uint8Array))) return unsignedPayload;
  const hash = createHash("sha256");
  if (body instanceof Uint8Array) hash.update(body);
  else for await (const chunk of body.open()) hash.update(chunk);
  return hash.digest("hex");
}
