import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { serverLimits } from "../core/limits.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { RequestQueue } from "./request-queue.ts";

const connection = () => new Duplex({ read: () => {}, write: (_, __, done) => done() });
const exchangeOn = (socket: Duplex) => ({ request: { socket } }) as unknown as HttpExchange;

/** Ends what is served when it is told to. */
class Desk {
  readonly served: HttpExchange[] = [];
  readonly #ends: (() => void)[] = [];
  readonly queue = new RequestQueue((exchange) => {
    this.served.push(exchange);
    return new Promise((resolve) => this.#ends.push(resolve));
  });

  async endOne(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("requests of one connection are served one after the other, those of others beside them", async () => {
  const desk = new Desk();
  const [one, other] = [connection(), connection()];
  const [first, second, third] = [exchangeOn(one), exchangeOn(one), exchangeOn(other)];
  for (const exchange of [first, second, third]) desk.queue.add(exchange);
  expect(desk.served).toEqual([first, third]);
  expect(desk.queue.current(one)).toBe(first);
  await desk.endOne();
  expect(desk.served).toEqual([first, third, second]);
  expect(desk.queue.running()).toEqual([second, third]);
  await desk.endOne();
  await desk.endOne();
  expect(desk.queue.current(one)).toBeUndefined();
  expect(desk.queue.running()).toEqual([]);
});

test("a connection with too many waiting is cut", () => {
  const desk = new Desk();
  const socket = connection();
  for (let count = 0; count <= serverLimits.pipelinedRequests; count += 1) {
    desk.queue.add(exchangeOn(socket));
  }
  expect(socket.destroyed).toBe(false);
  desk.queue.add(exchangeOn(socket));
  expect(socket.destroyed).toBe(true);
});

test("what waits on a connection that is gone is not served", async () => {
  const desk = new Desk();
  const socket = connection();
  desk.queue.add(exchangeOn(socket));
  desk.queue.add(exchangeOn(socket));
  socket.destroy();
  await desk.endOne();
  expect(desk.served).toHaveLength(1);
});
