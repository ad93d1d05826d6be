import { createHash, type Hash } from "node:crypto";
import type { ChecksumAlgorithm } from "../../core/checksum.ts";
import { s3Limits } from "../../core/limits.ts";
import { AwsChunkedDecoder, type ChunkedMode } from "./aws-chunked-decoder.ts";
import { S3Error } from "../s3-error.ts";
import type { VerifiedSignature } from "../sigv4/verify.ts";
import {
  type DeclaredDigests,
  type HeaderSource,
  isChecksumValue,
  readDeclaredDigests,
} from "./declared-digests.ts";
import { type PayloadMode, readPayloadMode } from "./payload-mode.ts";

/**
 * A request's payload with its framing removed. The iterator throws S3Error when the length, a chunk
 * signature or the payload hash is wrong, at the latest at its end, so that bytes staged from it are
 * good once it has ended. Digests are judged after staging, by `assertDigests`.
 */
export interface ObjectBody extends AsyncIterable<Uint8Array> {
  /** Length after decoding; undefined only when the client sent none. */
  readonly lengthBytes: number | undefined;
  /** The checksum that the client declares, in a header or as a trailer to come. */
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
  /** After the end: throws BadDigest when Content-MD5 or the checksum does not fit. */
  assertDigests(computed: {
    readonly md5: string;
    readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  }): void;
}

export interface BodySource extends HeaderSource {
  /** What the signature was made over, when the header itself does not say. */
  readonly signedPayloadHash: string | undefined;
  readonly verified: VerifiedSignature | undefined;
  /** How BadDigest of Content-MD5 writes the expected value; S3 differs by operation. */
  readonly md5ErrorEncoding: "hex" | "base64";
  /** The body ends where it ends, whatever headers say of a length. */
  readonly lengthUnknown?: boolean;
  rawBody(): AsyncIterable<Uint8Array>;
}

/**
 * A request's payload, checked while it is read. Throws S3Error at once for wrong headers
 * (MissingContentLength, EntityTooLarge, InvalidDigest, ...), and from the iterator for wrong bytes.
 */
export function openObjectBody(source: BodySource): ObjectBody {
  const mode = readPayloadMode({
    contentSha256: source.header("x-amz-content-sha256") ?? source.signedPayloadHash,
    contentEncoding: source.header("content-encoding"),
    decodedContentLength: source.header("x-amz-decoded-content-length"),
    trailer: source.header("x-amz-trailer"),
    signed: source.verified !== undefined,
  });
  const digests = readDeclaredDigests(source);
  if (source.lengthUnknown === true && mode.kind === "plain") {
    return new CheckedBody(source, mode, digests, undefined);
  }
  const lengthBytes = readLength(source, mode);
  if (lengthBytes > s3Limits.singlePutBytes) {
    throw new S3Error("EntityTooLarge", {
      extra: {
        ProposedSize: String(lengthBytes),
        MaxSizeAllowed: String(s3Limits.singlePutBytes),
      },
    });
  }
  return new CheckedBody(source, mode, digests, lengthBytes);
}

/** S3 takes a length in advance or chunks of its own; plain HTTP chunks it does not know. */
function readLength(source: HeaderSource, mode: PayloadMode): number {
  const name = mode.kind === "chunked" ? "x-amz-decoded-content-length" : "content-length";
  const text = source.header(name);
  if (text === undefined) {
    if (mode.kind === "plain" && source.header("transfer-encoding") !== undefined) {
      throw new S3Error("NotImplemented", { extra: { Header: "Transfer-Encoding" } });
    }
    throw new S3Error("MissingContentLength");
  }
  const length = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(length)) {
    throw new S3Error("InvalidArgument", {
      message: `The ${name} header must be a whole number of bytes.`,
      extra: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return length;
}

class CheckedBody implements ObjectBody {
  readonly lengthBytes: number | undefined;
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
  readonly #source: BodySource;
  readonly #mode: PayloadMode;
  readonly #digests: DeclaredDigests;
  #trailers: ReadonlyMap<string, string> = new Map();

  constructor(
    source: BodySource,
    mode: PayloadMode,
    digests: DeclaredDigests,
    lengthBytes: number | undefined,
  ) {
    this.#source = source;
    this.#mode = mode;
    this.#digests = digests;
    this.lengthBytes = lengthBytes;
    this.checksumAlgorithm = digests.checksum?.algorithm;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#mode.kind === "plain"
      ? this.#readPlain(this.#mode.sha256)
      : this.#readChunked(this.#mode.framing);
  }

  async *#readPlain(sha256: string | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    const hash = sha256 === undefined ? undefined : createHash("sha256");
    let received = 0;
    for await (const chunk of this.#source.rawBody()) {
      received += chunk.length;
      hash?.update(chunk);
      yield chunk;
    }
    if (received !== (this.lengthBytes ?? received)) throw new S3Error("IncompleteBody");
    if (hash !== undefined && sha256 !== undefined) assertContentSha256(hash, sha256);
  }

  async *#readChunked(framing: ChunkedMode): AsyncGenerator<Uint8Array, void, undefined> {
    const { verified } = this.#source;
    const trailer = this.#source.header("x-amz-trailer");
    const decoder = new AwsChunkedDecoder({
      mode: framing,
      decodedLengthBytes: this.lengthBytes ?? 0,
      trailerNames: trailer === undefined ? [] : [trailer.trim().toLowerCase()],
      ...(verified !== undefined && { verified }),
    });
    for await (const chunk of this.#source.rawBody()) {
      for (const slice of decoder.push(chunk)) yield slice;
    }
    this.#trailers = decoder.finish();
  }

  assertDigests(computed: {
    readonly md5: string;
    readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  }): void {
    const { md5, checksum } = this.#digests;
    if (md5 !== undefined) this.#assertMd5(md5, computed.md5);
    if (checksum === undefined) return;
    const name = `x-amz-checksum-${checksum.algorithm.toLowerCase()}`;
    const expected = checksum.value ?? this.#trailers.get(name);
    if (expected === undefined) throw new S3Error("MalformedTrailerError");
    if (!isChecksumValue(checksum.algorithm, expected)) {
      throw new S3Error("InvalidRequest", {
        message: `Value for ${name} trailing header is invalid.`,
      });
    }
    if (computed.checksums[checksum.algorithm] !== expected) {
      throw new S3Error("BadDigest", {
        message: `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
      });
    }
  }

  #assertMd5(expected: string, computedHex: string): void {
    const calculated = Buffer.from(computedHex, "hex").toString("base64");
    if (calculated === expected) return;
    throw new S3Error("BadDigest", {
      extra: {
        ExpectedDigest:
          this.#source.md5ErrorEncoding === "hex"
            ? Buffer.from(expected, "base64").toString("hex")
            : expected,
        CalculatedDigest: calculated,
      },
    });
  }
}

function assertContentSha256(hash: Hash, claimed: string): void {
  const computed = hash.digest("hex");
  if (computed === claimed) return;
  throw new S3Error("XAmzContentSHA256Mismatch", {
    extra: { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed },
  });
}
