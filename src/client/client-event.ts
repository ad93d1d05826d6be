/** What the store tells a listener; never holds keys of credentials. */
export type ClientEvent =
  | {
      readonly type: "retry";
      readonly operation: string;
      /** Of the attempt that failed, from 1. */
      readonly attempt: number;
      readonly delayMs: number;
      /** Milliseconds since the call's first failure. */
      readonly waitedMs: number;
      /** S3's code, else ours. */
      readonly reason: string;
      /** The failure in words. */
      readonly message: string;
    }
  | {
      readonly type: "clock-adjusted" | "credentials-refreshed" | "region-changed";
      readonly operation: string;
      readonly detail: string;
    }
  | { readonly type: "checksums-dropped"; readonly operation: string; readonly detail: string };
