import { S3Error } from "../protocol/s3-error.ts";

/** How a body is framed and what proves it, from `x-amz-content-sha256` and its relatives. */
export type PayloadMode =
  | { readonly kind: "plain"; readonly sha256?: string }
  | { readonly kind: "chunked"; readonly framing: ChunkFraming };

export type ChunkFraming = "unsigned" | "unsigned-trailer" | "signed" | "signed-trailer";

export interface PayloadFacts {
  /** The header, or what the signature was made over; undefined for most anonymous requests. */
  readonly contentSha256: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly decodedContentLength: string | undefined;
  readonly trailer: string | undefined;
  readonly signed: boolean;
}

const streamingModes: ReadonlyMap<string, ChunkFraming> = new Map([
  ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "unsigned-trailer"],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "signed"],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "signed-trailer"],
]);

/** Throws S3Error InvalidArgument for an unknown mode, NotImplemented for SigV4A's. */
export function readPayloadMode(facts: PayloadFacts): PayloadMode {
  const { contentSha256 } = facts;
  if (contentSha256 === undefined) return unannouncedMode(facts);
  if (contentSha256 === "UNSIGNED-PAYLOAD") return { kind: "plain" };
  if (/^[0-9a-fA-F]{64}$/.test(contentSha256)) {
    return { kind: "plain", sha256: contentSha256.toLowerCase() };
  }
  const framing = streamingModes.get(contentSha256);
  if (framing !== undefined) {
    if (!facts.signed && framing.startsWith("signed")) {
      throw new S3Error("InvalidRequest", {
        message: `${contentSha256} needs a signed request; this one carries no signature.`,
      });
    }
    return { kind: "chunked", framing };
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
    facts.decodedContentLength !== undefined && splitsOffAwsChunked(facts.contentEncoding);
  if (!framed) return { kind: "plain" };
  return {
    kind: "chunked",
    framing: facts.trailer === undefined ? "unsigned" : "unsigned-trailer",
  };
}

function splitsOffAwsChunked(contentEncoding: string | undefined): boolean {
  return contentEncoding !== withoutAwsChunked(contentEncoding);
}

/** The encoding to store: `aws-chunked` is framing of the transfer, not a property of the object. */
export function withoutAwsChunked(contentEncoding: string | undefined): string | undefined {
  if (contentEncoding === undefined || !/aws-chunked/i.test(contentEncoding)) {
    return contentEncoding;
  }
  const kept = contentEncoding
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding.toLowerCase() !== "aws-chunked");
  return kept.length === 0 ? undefined : kept.join(",");
}
