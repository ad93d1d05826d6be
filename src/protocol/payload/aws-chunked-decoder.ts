import { createHash, type Hash } from "node:crypto";
import { assert } from "../../core/assert.ts";
import { protocolLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";
import { hexBytes } from "../hex-bytes.ts";
import { sameText } from "../same-text.ts";
import type { VerifiedSignature } from "../sigv4/verify.ts";
import { ChunkSigner } from "./chunk-signer.ts";
import { TrailerReader } from "./trailer-reader.ts";

export type ChunkedMode = "unsigned" | "unsigned-trailer" | "signed" | "signed-trailer";

export interface AwsChunkedDecoderOptions {
  readonly mode: ChunkedMode;
  /** Of the request; needed by the signed modes. */
  readonly verified?: VerifiedSignature;
  /** `x-amz-decoded-content-length`. */
  readonly decodedLengthBytes: number;
  /** From `x-amz-trailer`, any case. */
  readonly trailerNames: readonly string[];
  /** Every chunk but the last must have this much. Default 8,192, as AWS has it. */
  readonly minimumChunkBytes?: number;
}

/**
 * `header` (data, `data-cr`, `data-lf`, `header`)* then, after the empty chunk, either `last-cr`,
 * `last-lf`, `closed` or `trailer`, `end`, with `end-lf`, `closed` for a superfluous CRLF.
 */
type State =
  | "header"
  | "data"
  | "data-cr"
  | "data-lf"
  | "last-cr"
  | "last-lf"
  | "trailer"
  | "end"
  | "end-lf"
  | "closed";

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * Takes the `aws-chunked` framing off a body, however the bytes are cut up on the way in. Slices
 * come out before their chunk's signature is known to be good, so publish nothing until `finish` has
 * returned. Throws S3Error: IncompleteBody for broken framing or a wrong length, SignatureDoesNotMatch,
 * InvalidChunkSizeError, MalformedTrailerError. After an error the decoder is of no further use.
 */
export class AwsChunkedDecoder {
  readonly #decodedLengthBytes: number;
  readonly #minimumChunkBytes: number;
  readonly #hasTrailer: boolean;
  readonly #signer: ChunkSigner | undefined;
  readonly #trailer: TrailerReader;
  #state: State = "header";
  #header = "";
  #chunkLeft = 0;
  #chunkCount = 0;
  #lastChunkBytes = 0;
  #announcedBytes = 0;
  #chunkHash: Hash | undefined;
  #chunkSignature = "";

  constructor(options: AwsChunkedDecoderOptions) {
    const signed = options.mode === "signed" || options.mode === "signed-trailer";
    if (signed) {
      assert(options.verified !== undefined, "signed chunks need the request's signature");
      this.#signer = new ChunkSigner(options.verified);
    }
    this.#decodedLengthBytes = options.decodedLengthBytes;
    this.#minimumChunkBytes = options.minimumChunkBytes ?? protocolLimits.minimumChunkBytes;
    this.#hasTrailer = options.mode === "unsigned-trailer" || options.mode === "signed-trailer";
    this.#trailer = new TrailerReader(options.trailerNames, signed);
  }

  /** The decoded bytes of this piece, as views of it. */
  push(piece: Uint8Array): Uint8Array[] {
    const decoded: Uint8Array[] = [];
    let position = 0;
    while (position < piece.length) {
      if (this.#state === "data") {
        const end = Math.min(piece.length, position + this.#chunkLeft);
        const slice = piece.subarray(position, end);
        this.#takeData(slice);
        decoded.push(slice);
        position = end;
      } else {
        this.#takeByte(piece[position] ?? 0);
        position += 1;
      }
    }
    return decoded;
  }

  /** To be called at the end of the input; answers the trailers by lower-case name. */
  finish(): ReadonlyMap<string, string> {
    if (this.#state !== "end" && this.#state !== "closed") throw incompleteBody();
    this.#state = "closed";
    return this.#trailer.values();
  }

  #takeData(slice: Uint8Array): void {
    this.#chunkHash?.update(slice);
    this.#chunkLeft -= slice.length;
    if (this.#chunkLeft > 0) return;
    this.#verifyChunk();
    this.#state = "data-cr";
  }

  #takeByte(byte: number): void {
    if (this.#state === "header") {
      this.#takeHeaderByte(byte);
    } else if (this.#state === "trailer") {
      if (this.#trailer.push(byte)) this.#endTrailer();
    } else {
      const step = lineEnds[this.#state];
      if (step === undefined || byte !== step.byte) throw incompleteBody();
      this.#state = step.next;
    }
  }

  #takeHeaderByte(byte: number): void {
    if (byte !== lineFeed) {
      if (this.#header.length >= protocolLimits.chunkHeaderBytes) throw incompleteBody();
      this.#header += String.fromCharCode(byte);
      return;
    }
    const pattern = this.#signer === undefined ? unsignedHeader : signedHeader;
    const match = pattern.exec(this.#header);
    if (match === null) throw incompleteBody();
    this.#header = "";
    this.#chunkSignature = match[2] ?? "";
    this.#openChunk(Number.parseInt(match[1] ?? "", 16));
  }

  #openChunk(sizeBytes: number): void {
    this.#chunkCount += 1;
    this.#announcedBytes += sizeBytes;
    const tooMuch = this.#announcedBytes > this.#decodedLengthBytes;
    const tooLittle = sizeBytes === 0 && this.#announcedBytes < this.#decodedLengthBytes;
    if (sizeBytes > 0) this.#assertChunkSizes();
    if (tooMuch || tooLittle) throw new S3Error("IncompleteBody");
    if (this.#signer !== undefined) this.#chunkHash = createHash("sha256");
    this.#lastChunkBytes = sizeBytes;
    this.#chunkLeft = sizeBytes;
    if (sizeBytes > 0) {
      this.#state = "data";
      return;
    }
    this.#verifyChunk();
    this.#state = this.#hasTrailer ? "trailer" : "last-cr";
  }

  /** The rule is on every chunk but the last, so it can only be judged when another one follows. */
  #assertChunkSizes(): void {
    if (this.#chunkCount === 1 || this.#lastChunkBytes >= this.#minimumChunkBytes) return;
    throw new S3Error("InvalidChunkSizeError", {
      extra: { Chunk: String(this.#chunkCount), BadChunkSize: String(this.#lastChunkBytes) },
    });
  }

  #verifyChunk(): void {
    if (this.#signer === undefined || this.#chunkHash === undefined) return;
    const text = this.#signer.chunkText(this.#chunkHash.digest("hex"));
    assertSignature(this.#signer, text, this.#chunkSignature);
  }

  #endTrailer(): void {
    this.#trailer.values();
    if (this.#signer !== undefined) {
      const given = this.#trailer.signature;
      if (given === undefined) throw incompleteBody();
      assertSignature(this.#signer, this.#signer.trailerText(this.#trailer.signedText()), given);
    }
    this.#state = "end";
  }
}

const unsignedHeader = /^([0-9A-Fa-f]{1,16})\r$/;
const signedHeader = /^([0-9A-Fa-f]{1,16});chunk-signature=([0-9a-f]{64})\r$/;

const lineEnds: Partial<Record<State, { readonly byte: number; readonly next: State }>> = {
  "data-cr": { byte: carriageReturn, next: "data-lf" },
  "data-lf": { byte: lineFeed, next: "header" },
  "last-cr": { byte: carriageReturn, next: "last-lf" },
  "last-lf": { byte: lineFeed, next: "closed" },
  // minio-go ends a trailer with one CRLF too many.
  end: { byte: carriageReturn, next: "end-lf" },
  "end-lf": { byte: lineFeed, next: "closed" },
};

function assertSignature(signer: ChunkSigner, text: string, given: string): void {
  if (sameText(signer.sign(text), given)) return;
  throw new S3Error("SignatureDoesNotMatch", {
    extra: {
      StringToSign: text,
      SignatureProvided: given,
      StringToSignBytes: hexBytes(text),
    },
  });
}

function incompleteBody(): S3Error {
  return new S3Error("IncompleteBody", { message: "The request body terminated unexpectedly" });
}
