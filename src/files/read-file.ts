import { constants } from "node:buffer";
import { StorageError } from "../core/errors.ts";
import { leaveUnbegun } from "../core/leave-unbegun.ts";
import { type ObjectBody, pourBody } from "../core/object-body.ts";
import { toWebStream, type WebByteStream } from "../core/web-byte-stream.ts";
import { openObject } from "../transfer/download/open-object.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { RangeReadOptions } from "../transfer/transfer-options.ts";
import type { FileReading, FileStat } from "./result-types.ts";
import { toFileStat } from "./stat.ts";

const operation = "read";

export async function readFile(
  context: TransferContext,
  key: string,
  options: RangeReadOptions = {},
): Promise<FileReading> {
  const { head, body, lengthBytes } = await openObject(context, key, options);
  return new OpenReading(toFileStat(head), body, { lengthBytes, ...options });
}

interface ReadingOptions extends Pick<RangeReadOptions, "onProgress"> {
  /** Of the body, which may be a part of the file. */
  readonly lengthBytes: number;
}

/** Given out once, so that what was read away is never taken for an empty file. */
class OpenReading implements FileReading {
  readonly stat: FileStat;
  readonly body: AsyncIterable<Uint8Array>;
  readonly #source: ObjectBody;
  readonly #options: ReadingOptions;
  #isTaken = false;

  constructor(stat: FileStat, source: ObjectBody, options: ReadingOptions) {
    this.stat = stat;
    this.#source = source;
    this.#options = options;
    this.body = { [Symbol.asyncIterator]: () => this.#chunks() };
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const { lengthBytes } = this.#options;
    if (lengthBytes > constants.MAX_LENGTH) {
      await this.#chunks().return?.();
      throw this.#error(`has ${lengthBytes} bytes, too many for memory.`);
    }
    this.#take();
    const contents = new Uint8Array(lengthBytes);
    let filled = 0;
    await pourBody(this.#source, (chunk) => {
      contents.set(chunk, filled);
      filled += chunk.length;
      this.#tell(filled);
    });
    return contents;
  }

  async text(): Promise<string> {
    return Buffer.from((await this.bytes()).buffer).toString("utf8");
  }

  async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#error(`is no JSON: ${reason}`);
    }
  }

  stream(): WebByteStream {
    return toWebStream(this.#chunks());
  }

  #chunks(): AsyncIterator<Uint8Array> {
    this.#take();
    if (this.#options.onProgress === undefined) return this.#source[Symbol.asyncIterator]();
    const source = this.#source;
    const chunks = told(source, (done) => this.#tell(done));
    const leave = async () => source[Symbol.asyncIterator]().return?.();
    return leaveUnbegun(chunks, leave)[Symbol.asyncIterator]();
  }

  #take(): void {
    if (this.#isTaken) throw this.#error("is being read already; what is read is not kept.");
    this.#isTaken = true;
  }

  #tell(doneBytes: number): void {
    this.#options.onProgress?.({ doneBytes, totalBytes: this.#options.lengthBytes });
  }

  #error(what: string): StorageError {
    const { Key: key } = this.stat;
    const message = `${operation}: ${key} ${what}`;
    return new StorageError("InvalidArgument", message, { operation, key });
  }
}

async function* told(
  chunks: AsyncIterable<Uint8Array>,
  tell: (doneBytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let doneBytes = 0;
  for await (const chunk of chunks) {
    doneBytes += chunk.length;
    tell(doneBytes);
    yield chunk;
  }
}
