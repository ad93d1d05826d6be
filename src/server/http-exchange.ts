import type { Socket } from "node:net";
import type { RequestHead } from "../protocol/http/request-head.ts";
import type { HttpResponse } from "./http/http-response.ts";
import type { RequestBody } from "./http/request-body.ts";

/** One request and its answer on the wire, with the state that outlives the handler's view of it. */
export class HttpExchange {
  readonly head: RequestHead;
  readonly body: RequestBody;
  readonly response: HttpResponse;
  /** Of the request's body, as far as they were read, and of the answer's. */
  bytesIn = 0;
  bytesOut = 0;
  #continueSent = false;
  /** Ends the reader of the body, which its own reader may have left unread. */
  #endBody: (() => void) | undefined;

  constructor(head: RequestHead, body: RequestBody, response: HttpResponse) {
    this.head = head;
    this.body = body;
    this.response = response;
  }

  get socket(): Socket {
    return this.response.socket;
  }

  /** Of all headers that came. The only view of them, as a signature has it. */
  get headers(): ReadonlyMap<string, string> {
    return this.head.headers;
  }

  /** The request's head announces at least one byte of a body, or does not know. */
  get hasBody(): boolean {
    return this.head.isChunked || (this.head.lengthBytes ?? 0) > 0;
  }

  /** The client holds its body back and has not been asked for it. */
  get bodyHeldBack(): boolean {
    return this.head.expectsContinue && !this.#continueSent;
  }

  /** Asks for the body, also for one of no bytes: a client that said `Expect` waits for the answer. */
  sendContinue(): void {
    if (!this.bodyHeldBack) return;
    this.#continueSent = true;
    this.response.writeContinue();
  }

  onBodyEnd(end: () => void): void {
    this.#endBody = end;
  }

  /** Once the answer is there: nobody reads the body any more but to throw it away. */
  endBody(): void {
    this.#endBody?.();
  }
}
