import { toWebStream, type WebByteStream } from "../../core/web-byte-stream.ts";
import type { OpenScope } from "../operation-scope.ts";
import type { ArchiveFormat, ArchiveReport } from "./archive-options.ts";

const contentTypes: Readonly<Record<ArchiveFormat, string>> = {
  tar: "application/x-tar",
  "tar.gz": "application/gzip",
  zip: "application/zip",
};

/**
 * The bytes of an archive, for one reader, as they come: for `uploadStream`, Node's `pipeline` and
 * `Readable.from`, and by `stream()` for `Response`. What goes wrong is thrown before the archive's end,
 * so that no tool takes half an archive for a whole one; whoever sends it on has to break off as well,
 * as `pipeline` and `Response` do.
 */
export interface ArchiveStream extends AsyncIterableIterator<Uint8Array> {
  readonly format: ArchiveFormat;
  /** For the header `Content-Type`. */
  readonly contentType: string;
  /** What it holds until now. */
  readonly report: ArchiveReport;
  /** The same bytes as a web stream. */
  stream(): WebByteStream;
  /** Stops what is under way. */
  return(): Promise<IteratorResult<Uint8Array, undefined>>;
}

interface ArchiveParts {
  readonly bytes: AsyncGenerator<Uint8Array, void>;
  /** Stops what is under way, and waits for its end. Safe to call twice. */
  readonly end: () => Promise<void>;
  readonly report: () => ArchiveReport;
  readonly scope: OpenScope;
  readonly format: ArchiveFormat;
}

/** Signal and time limit of the call hold until the last byte was taken, or the reader has left. */
export class OpenArchive implements ArchiveStream {
  readonly #parts: ArchiveParts;
  readonly format: ArchiveFormat;
  readonly contentType: string;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
    this.format = parts.format;
    this.contentType = contentTypes[parts.format];
  }

  get report(): ArchiveReport {
    return this.#parts.report();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  stream(): WebByteStream {
    return toWebStream(this);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { bytes, scope } = this.#parts;
    try {
      const { done, value } = await bytes.next();
      if (done !== true) return { done: false, value };
    } catch (error) {
      await this.#parts.end();
      throw scope.judge(error);
    }
    await this.#parts.end();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { bytes, end } = this.#parts;
    // Members first: the bytes may be waiting for them.
    await end();
    await bytes.return().catch(() => undefined);
    return { done: true, value: undefined };
  }
}
