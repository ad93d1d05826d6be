import type { S3ErrorCode } from "../../protocol/error-codes.ts";
import type { CallName, FaultName } from "./fault-kinds.ts";

/** One fault on demand: which, on what, how often. What is left out means every call that it can strike. */
export interface FaultRule {
  readonly fault: FaultName;
  /** Of S3, or the name of another service: `sts`, `iam`, ... */
  readonly operations?: readonly CallName[];
  readonly bucket?: string;
  /** Of keys. */
  readonly prefix?: string;
  /** Of the calls that fit, 0 to 1. Default 1. */
  readonly rate?: number;
  /** So many in all. Default: no end. */
  readonly count?: number;
  /** Calls that fit and are let through first. Default 0. */
  readonly skip?: number;
  /** See `FaultKind.parameters`. */
  readonly ms?: number;
  readonly afterBytes?: number;
  readonly seconds?: number;
  readonly withinMs?: number;
  readonly perSecond?: number;
  /** See `FaultKind.texts`. */
  readonly code?: S3ErrorCode;
  readonly message?: string;
}

/** Faults on demand as they are written down: in a file, a world, or for `startTestServer`. */
export interface FaultSettings {
  readonly rules: readonly FaultRule[];
  /** Of the draws by `rate`; the same calls in the same order meet the same faults. Default 1. */
  readonly seed?: number;
  /**
   * A request can ask for a fault of its own by `x-sms-fault`, with the key of an administrator in
   * `x-sms-fault-key`. Default true.
   */
  readonly byHeader?: boolean;
}
