import type { ChunkedMode } from "./aws-chunked-decoder.ts";
import { parseContentSha256 } from "./content-sha256.ts";
import { isAwsChunked } from "../headers/content-encoding.ts";
import { S3Error } from "../s3-error.ts";

/** How a body is framed and what proves it, from `x-amz-content-sha256` and its relatives. */
export type PayloadMode =
  | { readonly kind: "plain"; readonly sha256?: string }
  | { readonly kind: "chunked"; readonly framing: ChunkedMode };

export interface PayloadFacts {
  /** The header, or what the signature was made over; undefined for most anonymous requests. */
  readonly contentSha256: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly decodedContentLength: string | undefined;
  readonly trailer: string | undefined;
  readonly signed: boolean;
}

/** Throws S3Error InvalidArgument for an unknown mode, NotImplemented for SigV4A's. */
export function readPayloadMode(facts: PayloadFacts): PayloadMode {
  const { contentSha256 } = facts;
  if (contentSha256 === undefined) return unannouncedMode(facts);
  const content = parseContentSha256(contentSha256);
  if (content?.kind === "unsigned") return { kind: "plain" };
  if (content?.kind === "sha256") return { kind: "plain", sha256: content.hex };
  if (content?.kind === "chunked") {
    if (!facts.signed && content.mode !== "unsigned-trailer") {
      throw new S3Error("InvalidRequest", {
        message: `${contentSha256} needs a signed request; this one carries no signature.`,
      });
    }
    return { kind: "chunked", framing: content.mode };
  }
  if (contentSha256.startsWith("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")) {
    throw new S3Error("NotImplemented", { extra: { Header: "x-amz-content-sha256" } });
  }
  throw new S3Error("InvalidArgument", {
    message:
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    extra: { ArgumentName: "x-amz-content-sha256", ArgumentValue: contentSha256 },
  });
}

/** boto3 without credentials frames trailers as always, and leaves the header of SigV4 out. */
function unannouncedMode(facts: PayloadFacts): PayloadMode {
  const framed =
    facts.decodedContentLength !== undefined && isAwsChunked(facts.contentEncoding ?? "");
  if (!framed) return { kind: "plain" };
  return {
    kind: "chunked",
    framing: facts.trailer === undefined ? "unsigned" : "unsigned-trailer",
  };
}
