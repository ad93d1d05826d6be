import type { Duplex } from "node:stream";
import { serverLimits } from "../core/limits.ts";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * Serves the requests of each connection one after the other. Node hands over all that a client has
 * pipelined at once; a client may not make the server work on hundreds of them side by side, or wait
 * with more than `serverLimits.pipelinedRequests`.
 */
export class RequestQueue {
  readonly #waiting = new Map<Duplex, HttpExchange[]>();
  readonly #serve: (exchange: HttpExchange) => Promise<void>;

  constructor(serve: (exchange: HttpExchange) => Promise<void>) {
    this.#serve = serve;
  }

  /** The exchange that is served on this connection. */
  current(socket: Duplex): HttpExchange | undefined {
    return this.#waiting.get(socket)?.[0];
  }

  /** All that are served. */
  running(): HttpExchange[] {
    return [...this.#waiting.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  }

  add(exchange: HttpExchange): void {
    const { socket } = exchange.request;
    const others = this.#waiting.get(socket);
    if (others === undefined) {
      const queue = [exchange];
      this.#waiting.set(socket, queue);
      void this.#serveAll(socket, queue);
    } else if (others.length > serverLimits.pipelinedRequests) {
      socket.destroy();
    } else {
      others.push(exchange);
    }
  }

  async #serveAll(socket: Duplex, queue: HttpExchange[]): Promise<void> {
    for (let next = queue[0]; next !== undefined && !socket.destroyed; next = queue[0]) {
      await this.#serve(next);
      queue.shift();
    }
    this.#waiting.delete(socket);
  }
}
