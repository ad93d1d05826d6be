import type { RetryEvent } from "../core/retry-event.ts";

/** What the store tells a listener; never holds keys of credentials. */
export type ClientEvent =
  | RetryEvent
  | {
      readonly type: "clock-adjusted" | "credentials-refreshed" | "region-changed";
      readonly operation: string;
      readonly detail: string;
    }
  | { readonly type: "checksums-dropped"; readonly operation: string; readonly detail: string }
  /** The keys have ended; `detail`: what would bring fresh ones. */
  | { readonly type: "credentials-awaited"; readonly detail: string };
