import type { ExchangeListener } from "../core/exchange-event.ts";
import { maskHeaders, maskUrl } from "../core/mask-secrets.ts";
import type { HttpAnswer, HttpRequest } from "./http-transport.ts";
import { steadyNow } from "../core/steady-now.ts";

/** Tells of each attempt of a request and of what came of it. */
export class RequestTrace {
  readonly #tell: ExchangeListener;
  #count = 0;

  constructor(tell: ExchangeListener) {
    this.#tell = tell;
  }

  async around(
    operation: string,
    { endpoint, method, target, headers }: HttpRequest,
    send: () => Promise<HttpAnswer>,
  ): Promise<HttpAnswer> {
    this.#count += 1;
    const about = { number: this.#count, operation };
    const url = maskUrl(`${endpoint.secure ? "https" : "http"}://${endpoint.host}${target}`);
    this.#tell({ type: "request", ...about, method, url, headers: maskHeaders(headers) });
    const begunAt = steadyNow();
    const elapsedMs = (): number => steadyNow() - begunAt;
    try {
      const answer = await send();
      const { status } = answer;
      const requestId = answer.headers.get("x-amz-request-id");
      this.#tell({ type: "answer", ...about, status, requestId, durationMs: elapsedMs() });
      return answer;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#tell({ type: "no-answer", ...about, message, durationMs: elapsedMs() });
      throw error;
    }
  }
}
