import { httpLimits } from "../../core/http-limits.ts";

/** Where bytes come from, which can be asked to wait. */
export interface Source {
  pause(): void;
  resume(): void;
}

interface Link {
  readonly piece: Buffer;
  next: Link | undefined;
}

/** The bytes of a request's body as they come off the connection, HTTP's framing removed. */
export class RequestBody {
  readonly #source: Source;
  /** A chain: to take the first off an array costs the length of the array. */
  #first: Link | undefined;
  #last: Link | undefined;
  #waitingBytes = 0;
  #isPaused = false;
  #hasEnded = false;
  #failure: Error | undefined;
  #onChange: (() => void) | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** All of it has come, and has been read. */
  get isRead(): boolean {
    return this.#hasEnded && this.#first === undefined;
  }

  /** Why the rest cannot be read any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** What has come, piece by piece; undefined: nothing at the moment. */
  read(): Buffer | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#first = first.next;
    this.#waitingBytes -= costOf(first.piece);
    if (this.#first === undefined) this.#onAllRead();
    return first.piece;
  }

  #onAllRead(): void {
    this.#last = undefined;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#source.resume();
  }

  /** Is told when something has come, of the end and of a failure. */
  onChange(listener: (() => void) | undefined): void {
    this.#onChange = listener;
  }

  push(piece: Buffer): void {
    const link: Link = { piece, next: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#waitingBytes += costOf(piece);
    this.#onChange?.();
    if (this.#isPaused || this.#waitingBytes < httpLimits.readAheadBytes) return;
    this.#isPaused = true;
    this.#source.pause();
  }

  end(): void {
    this.#hasEnded = true;
    this.#onChange?.();
  }

  /** Unless it has ended. The connection may still carry an answer. */
  fail(error: Error): void {
    if (this.#hasEnded || this.#failure !== undefined) return;
    this.#failure = error;
    this.#onChange?.();
  }
}

/** A client may send its body byte by byte. */
function costOf(piece: Buffer): number {
  return piece.length + httpLimits.pieceBytes;
}
