import type { BucketSweep } from "../engine/lifecycle/lifecycle-sweeper.ts";
import type { DenialVerdict } from "../policy/explain-denial.ts";
import type { FaultName } from "./faults/fault-kinds.ts";

/** What happened, as data; whoever starts the server decides what to print. */
export type ServerEvent =
  | RequestEvent
  | FailureEvent
  | FaultEvent
  | LifecycleEvent
  | LogFileEvent
  | OverloadEvent
  | ScrubEvent
  | TrailEvent
  | WorldEvent;

/** A request that was answered. */
export interface RequestEvent {
  readonly kind: "request";
  readonly requestId: string;
  /** When it came. */
  readonly time: Date;
  /** Of the client, as far as trusted proxies tell; undefined when its connection was gone. */
  readonly address: string | undefined;
  /** The ARN of who signed it, proven; undefined for everybody else. */
  readonly caller: string | undefined;
  readonly userAgent: string | undefined;
  readonly method: string;
  /** S3's name, that of the portal's call, or as `kms:Decrypt`; the service alone where it names none. */
  readonly operation: string | undefined;
  readonly bucket: string;
  readonly key: string;
  readonly status: number;
  readonly errorCode: string | undefined;
  /** Which policy kept the caller out, and how; undefined: none did. Never told to the caller. */
  readonly denial: DenialVerdict | undefined;
  /** The client left before it had the whole answer. */
  readonly aborted: boolean;
  /** As the request says, proven or not. */
  readonly accessKeyId: string | undefined;
  readonly durationMs: number;
}

/** A connection that there was no room for. */
export interface OverloadEvent {
  readonly kind: "overload";
  readonly time: Date;
}

/** A fault on demand that had its effect. */
export interface FaultEvent {
  readonly kind: "fault";
  readonly requestId: string;
  readonly time: Date;
  readonly fault: FaultName;
  readonly operation: string | undefined;
  readonly bucket: string;
  readonly key: string;
}

/** A fault of the server itself, also when no answer could carry it. */
export interface FailureEvent {
  readonly kind: "failure";
  readonly requestId: string;
  readonly error: unknown;
}

/** A file of objects that is not what was written, or a scrub that could not go on. */
export interface ScrubEvent {
  readonly kind: "scrub";
  /** Undefined: no single one. */
  readonly file: string | undefined;
  readonly error: unknown;
}

/** What keeps a trail from recording as it should. */
export interface TrailEvent {
  readonly kind: "trail";
  /** Its ARN. */
  readonly trail: string;
  readonly error: unknown;
}

/** A file of lines that takes none. */
export interface LogFileEvent {
  readonly kind: "log-file";
  readonly error: unknown;
}

/** A changed world was taken over, or was not, and then all goes on as before. */
export interface WorldEvent {
  readonly kind: "world";
  readonly file: string;
  /** Undefined: it was taken over. */
  readonly error: unknown;
}

/** What lifecycle rules did in one bucket, once a sweep; none when they did nothing. */
export interface LifecycleEvent extends BucketSweep {
  readonly kind: "lifecycle";
}
