import { createHash } from "node:crypto";
import { emptySha256 } from "../sigv4/canonical-request.ts";
import { signString } from "../sigv4/signing-key.ts";
import type { VerifiedSignature } from "../sigv4/verify.ts";

/**
 * The chain of chunk signatures: each one signs the one before it, the first the request's own.
 * Source: S3 API reference, "Signature Calculations ... Transferring Payload in Multiple Chunks"
 * and "... with Trailing Headers".
 */
export class ChunkSigner {
  readonly #signature: VerifiedSignature;
  #previous: string;

  constructor(signature: VerifiedSignature) {
    this.#signature = signature;
    this.#previous = signature.seedSignature;
  }

  /** What the next chunk's signature covers. */
  chunkText(chunkSha256: string): string {
    return this.#text("AWS4-HMAC-SHA256-PAYLOAD", `${emptySha256}\n${chunkSha256}`);
  }

  /** What the trailer's signature covers; `trailer` is its lines `name:value\n`. */
  trailerText(trailer: string): string {
    const hash = createHash("sha256").update(trailer, "latin1").digest("hex");
    return this.#text("AWS4-HMAC-SHA256-TRAILER", hash);
  }

  /** Signs and moves the chain on. */
  sign(text: string): string {
    this.#previous = signString(this.#signature.signingKey, text);
    return this.#previous;
  }

  #text(algorithm: string, hashes: string): string {
    const { amzDate, scope } = this.#signature;
    return `${algorithm}\n${amzDate}\n${scope}\n${this.#previous}\n${hashes}`;
  }
}
