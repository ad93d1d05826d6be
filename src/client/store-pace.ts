import type { GetResult, UploadBody } from "../core/object-store.ts";
import { clientLimits } from "../core/limits.ts";
import type { Pace } from "../core/pace.ts";

/** How fast stores may work; one for all stores that share a line. */
export interface StorePace {
  /** Bytes of bodies, in both directions together. */
  readonly bytes?: Pace;
  /** Requests, repeated ones too. */
  readonly requests?: Pace;
}

/**
 * So small that each of all connections gets a piece every second: no connection falls silent, and no
 * server takes it for dead.
 */
function pieceBytes({ perSecond }: Pace): number {
  return Math.max(1, Math.floor(perSecond / clientLimits.connections));
}

/** The same body, sent no faster than the pace. */
export function pacedBody(
  body: UploadBody | undefined,
  storePace: StorePace | undefined,
): UploadBody | undefined {
  const pace = storePace?.bytes;
  if (body === undefined || pace === undefined) return body;
  const lengthBytes = body instanceof Uint8Array ? body.length : body.lengthBytes;
  return {
    lengthBytes,
    async *open() {
      const chunks = body instanceof Uint8Array ? [body] : body.open();
      for await (const chunk of chunks) yield* pacedPieces(chunk, pace);
    },
  };
}

async function* pacedPieces(chunk: Uint8Array, pace: Pace): AsyncGenerator<Uint8Array> {
  const size = pieceBytes(pace);
  for (let start = 0; start < chunk.length; start += size) {
    const piece = chunk.subarray(start, start + size);
    await pace.take(piece.length);
    yield piece;
  }
}

/** The same answer, its body read no faster than the pace; the store stops sending meanwhile. */
export function pacedAnswer(result: GetResult, pace: Pace): GetResult {
  return { ...result, body: new PacedChunks(result.body, pace) };
}

class PacedChunks implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #pace: Pace;

  constructor(body: AsyncIterable<Uint8Array>, pace: Pace) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#pace = pace;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const next = await this.#chunks.next();
    if (next.done !== true) await this.#pace.take(next.value.length);
    return next;
  }

  /** Gives up the rest. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#chunks.return?.();
    return { done: true, value: undefined };
  }
}
