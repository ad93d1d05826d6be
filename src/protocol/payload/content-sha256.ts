import type { ChunkedMode } from "./aws-chunked-decoder.ts";
import { emptySha256, unsignedPayload } from "../sigv4/canonical-request.ts";

/** What `x-amz-content-sha256` says of a body: its hash, that there is none, or how it is framed. */
export type ContentSha256 =
  | { readonly kind: "unsigned" }
  /** Lower case. */
  | { readonly kind: "sha256"; readonly hex: string }
  | { readonly kind: "chunked"; readonly mode: AnnouncedMode };

/** `unsigned` chunks without a trailer have no name; anonymous clients send them without the header. */
type AnnouncedMode = Exclude<ChunkedMode, "unsigned">;

/** Source: S3 API reference, "Authenticating Requests", possible values of x-amz-content-sha256. */
const names: Readonly<Record<AnnouncedMode, string>> = {
  "unsigned-trailer": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  signed: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "signed-trailer": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
};

const modes = new Map(
  Object.entries(names).map(([mode, name]) => [name, mode as AnnouncedMode] as const),
);

export function formatContentSha256(content: ContentSha256): string {
  if (content.kind === "unsigned") return unsignedPayload;
  return content.kind === "sha256" ? content.hex : names[content.mode];
}

/** Of most requests. */
const noBody: ContentSha256 = { kind: "sha256", hex: emptySha256 };

/** Undefined for any other value, those of SigV4A among them. */
export function parseContentSha256(text: string): ContentSha256 | undefined {
  if (text === emptySha256) return noBody;
  if (text === unsignedPayload) return { kind: "unsigned" };
  if (/^[0-9a-fA-F]{64}$/.test(text)) return { kind: "sha256", hex: text.toLowerCase() };
  const mode = modes.get(text);
  return mode === undefined ? undefined : { kind: "chunked", mode };
}
