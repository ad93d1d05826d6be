import type { IncomingMessage, ServerResponse } from "node:http";
import { collectHeaders } from "../protocol/sigv4/verify.ts";

/** One request and its answer on the wire, with the state that outlives the handler's view of it. */
export class HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the request's body, as far as they were read, and of the answer's. */
  bytesIn = 0;
  bytesOut = 0;
  readonly #expectsContinue: boolean;
  #continueSent = false;
  #headers: ReadonlyMap<string, string> | undefined;
  #failBody: ((error: Error) => void) | undefined;
  #bodyFailure: Error | undefined;
  /** Ends the reader of the body, which its own reader may have left unread. */
  #endBody: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) {
    this.request = request;
    this.response = response;
    this.#expectsContinue = expectsContinue;
  }

  /**
   * Of all headers that came; see `collectHeaders`. The only view of them: node's parsed headers join,
   * drop and choose otherwise than a signature does.
   */
  get headers(): ReadonlyMap<string, string> {
    this.#headers ??= collectHeaders(this.request.rawHeaders);
    return this.#headers;
  }

  /** The request's head announces at least one byte of a body, or does not know. */
  get hasBody(): boolean {
    const length = this.headers.get("content-length") ?? "0";
    return length !== "0" || this.headers.has("transfer-encoding");
  }

  /** The client holds its body back and has not been asked for it. */
  get bodyHeldBack(): boolean {
    return this.#expectsContinue && !this.#continueSent;
  }

  /** The rest of the body cannot be read any more. */
  get bodyBroken(): boolean {
    return this.#bodyFailure !== undefined;
  }

  /** Asks for the body, also for one of no bytes: a client that said `Expect` waits for the answer. */
  sendContinue(): void {
    if (!this.bodyHeldBack) return;
    this.#continueSent = true;
    this.response.writeContinue();
  }

  /** Ends the body with an error while the connection can still carry an answer. */
  failBody(error: Error): void {
    this.#bodyFailure = error;
    this.#failBody?.(error);
  }

  /** The reader of the body hears of failures that the stream itself does not report. */
  onBodyFailure(listener: ((error: Error) => void) | undefined): void {
    this.#failBody = listener;
    if (this.#bodyFailure !== undefined) listener?.(this.#bodyFailure);
  }

  onBodyEnd(end: () => void): void {
    this.#endBody = end;
  }

  /** Once the answer is there: nobody reads the body any more but to throw it away. */
  endBody(): void {
    this.#endBody?.();
  }
}
