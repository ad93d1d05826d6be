import { clientLimits } from "../../core/limits.ts";
import { ReusedBuffers } from "../../core/reused-buffers.ts";
import type { Endpoint } from "../endpoint.ts";
import type { TransportError } from "../transport-error.ts";
import { Connection } from "./connection.ts";
import { openConnection, type ConnectOptions } from "./open-connection.ts";

/** A request that needs a connection. One of both is called, perhaps at once. */
export interface Claim {
  taken(connection: Connection): void;
  failed(error: Error): void;
}

export interface PoolOptions extends ConnectOptions {
  /** To one host at a time; more claims than that wait. */
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
}

/** The connections to one host. */
interface Place {
  readonly endpoint: Endpoint;
  /** The one used last is taken first: those that are too many grow old and close. */
  readonly idle: Connection[];
  readonly waiting: Set<Claim>;
  /** Open or being opened. */
  count: number;
}

/** Kept-alive connections, and those who wait for one. */
export class ConnectionPool {
  /** For what comes before anybody waits for it. */
  readonly buffers = new ReusedBuffers(clientLimits);
  readonly #options: PoolOptions;
  readonly #places = new Map<string, Place>();
  readonly #open = new Set<Connection>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get idleTimeoutMs(): number {
    return this.#options.idleTimeoutMs;
  }

  /** The answer takes the claim back, for as long as it has not been met. */
  claim(endpoint: Endpoint, claim: Claim): () => void {
    const place = this.#placeOf(endpoint);
    for (let idle = place.idle.pop(); idle !== undefined; idle = place.idle.pop()) {
      if (!idle.isOpen) continue;
      claim.taken(idle);
      return () => undefined;
    }
    if (place.count < this.#options.maxConnections) return this.#openFor(place, claim);
    place.waiting.add(claim);
    return () => place.waiting.delete(claim);
  }

  /** A connection that can carry another request; `keepMs` as the store says it. */
  release(endpoint: Endpoint, connection: Connection, keepMs?: number): void {
    connection.leave(keepMs);
    const place = this.#placeOf(endpoint);
    const [next] = place.waiting;
    if (this.#closed || (keepMs !== undefined && keepMs <= 0)) {
      connection.destroy();
    } else if (next === undefined) {
      place.idle.push(connection);
    } else {
      place.waiting.delete(next);
      next.taken(connection);
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.destroy();
  }

  #openFor(place: Place, claim: Claim): () => void {
    const connection = new Connection(this.#options.idleTimeoutMs, () => {
      this.#open.delete(connection);
      const index = place.idle.indexOf(connection);
      if (index !== -1) place.idle.splice(index, 1);
      this.#gone(place);
    });
    const giveUp = openConnection(connection, place.endpoint, this.#options, {
      opened: () => {
        this.#open.add(connection);
        if (this.#closed) connection.destroy();
        claim.taken(connection);
      },
      failed: (error) => {
        this.#gone(place);
        claim.failed(error);
      },
    });
    place.count += 1;
    return () => {
      if (giveUp()) this.#gone(place);
    };
  }

  /** One connection less: another may be opened. */
  #gone(place: Place): void {
    place.count -= 1;
    const [next] = place.waiting;
    if (next === undefined) return;
    place.waiting.delete(next);
    try {
      this.#openFor(place, next);
    } catch (error) {
      next.failed(error as TransportError);
    }
  }

  #placeOf(endpoint: Endpoint): Place {
    const name = `${endpoint.secure ? "s" : ""} ${endpoint.hostname} ${endpoint.port}`;
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { endpoint, idle: [], waiting: new Set(), count: 0 };
      this.#places.set(name, place);
    }
    return place;
  }
}
