import type { ClientEvent } from "../client/client-event.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import type { KeyTermListener } from "../core/key-term.ts";

export type { ClientEvent };

/** Who hears of retries and of what the store learns. */
export interface StoreListener {
  /** Told of retries, redirects and what else the client does by itself. */
  readonly onEvent?: (event: ClientEvent) => void;
  /** Requests, answers and where keys came from, secrets masked. */
  readonly onExchange?: ExchangeListener;
  /** How long keys of AWS's chain last, whenever others are taken into use. */
  readonly onKeyTerm?: KeyTermListener;
  /**
   * Waits up to five minutes for fresh keys where those in use have ended and their source may give
   * others. The wait alone does not keep a process alive. Default false.
   */
  readonly awaitFreshKeys?: boolean;
}
