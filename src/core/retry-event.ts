/** A call failed and will be tried again. */
export interface RetryEvent {
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
