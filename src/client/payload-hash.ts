import { createHash, hash } from "node:crypto";
import type { UploadBody } from "../core/object-store.ts";
import { formatContentSha256 } from "../protocol/payload/content-sha256.ts";
import { emptySha256 } from "../protocol/sigv4/canonical-request.ts";
import type { PayloadSigning } from "./dialects/dialect.ts";

export interface PayloadHashOptions {
  readonly signing: PayloadSigning;
  /** The request goes over TLS. */
  readonly secure: boolean;
  /** True once nobody waits for the hash any more: the rest of a source is not read. */
  readonly isOver: () => boolean;
}

/** The value of `x-amz-content-sha256`: a hash of the body, or that there is none. */
export async function payloadHash(
  body: UploadBody | undefined,
  { signing, secure, isOver }: PayloadHashOptions,
): Promise<string> {
  if (body === undefined) return emptySha256;
  if (signing === "never") return formatContentSha256({ kind: "unsigned" });
  if (signing === "auto" && (secure || !(body instanceof Uint8Array)))
    return formatContentSha256({ kind: "unsigned" });
  if (body instanceof Uint8Array) {
    return formatContentSha256({ kind: "sha256", hex: hash("sha256", body, "hex") });
  }
  const running = createHash("sha256");
  for await (const chunk of body.open()) {
    if (isOver()) break;
    running.update(chunk);
  }
  return formatContentSha256({ kind: "sha256", hex: running.digest("hex") });
}
