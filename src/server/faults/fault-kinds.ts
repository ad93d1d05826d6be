import type { OtherServiceName } from "../other-services.ts";
import { operationShape, type S3OperationName } from "../../protocol/operations.ts";
import { playedLimits } from "../../core/played-limits.ts";

/** What a fault can be told. */
interface Parameter {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** Undefined: see `what`. */
  readonly byDefault?: number;
}

export interface FaultKind {
  readonly what: string;
  /** Which calls it can strike, in words and as a test. */
  readonly strikes: string;
  canStrike(operation: CallName): boolean;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What it can be told in words; what each means. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** An operation of S3, or a call to another service as a whole. */
export type CallName = S3OperationName | OtherServiceName;

export const serviceNames: readonly OtherServiceName[] = [
  "sts",
  "iam",
  "kms",
  "cloudtrail",
  "s3control",
];
const services: ReadonlySet<string> = new Set(serviceNames);

function isService(name: CallName): name is OtherServiceName {
  return services.has(name);
}

function shapeOf(name: CallName) {
  return isService(name) ? undefined : operationShape(name);
}

/** Everything that is about buckets as such, and not about what is in them. */
function isControl(name: CallName): boolean {
  if (isService(name)) return true;
  return operationShape(name).scope !== "object" && !dataOfBuckets.has(name);
}

const dataOfBuckets: ReadonlySet<CallName> = new Set<CallName>([
  "DeleteObjects",
  "HeadBucket",
  "ListMultipartUploads",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
  "PostObject",
  "PreflightBucket",
]);

export function isSettingsChange(name: CallName): boolean {
  const method = shapeOf(name)?.method;
  return isControl(name) && (method === "PUT" || method === "DELETE");
}

const one =
  (...names: readonly CallName[]) =>
  (name: CallName): boolean =>
    names.includes(name);

const afterBytes: Parameter = {
  what: "bytes that come before it; by default half of them",
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
};

const faultKinds = {
  "slow-down": {
    what: "503 SlowDown before anything is done",
    strikes: "every call",
    canStrike: () => true,
    parameters: {},
  },
  "internal-error": {
    what: "500 InternalError before anything is done",
    strikes: "every call",
    canStrike: () => true,
    parameters: {},
  },
  "lost-answer": {
    what: "500 InternalError after the work was done",
    strikes: "calls of S3 that change something",
    canStrike: (name) => {
      const method = shapeOf(name)?.method;
      return method === "PUT" || method === "POST" || method === "DELETE";
    },
    parameters: {},
  },
  latency: {
    what: "the call waits before it is served",
    strikes: "every call",
    canStrike: () => true,
    parameters: {
      ms: { what: "milliseconds", min: 0, max: playedLimits.latencyMs, byDefault: 1000 },
    },
  },
  reset: {
    what: "the connection is reset in the middle of a body, of an upload else of the answer",
    strikes: "calls whose request or answer has a body",
    canStrike: (name) => shapeOf(name) !== undefined && shapeOf(name)?.method !== "HEAD",
    parameters: { afterBytes },
  },
  "torn-answer": {
    what: "the connection is closed before the answer's end",
    strikes: "GET calls of S3",
    canStrike: (name) => shapeOf(name)?.method === "GET",
    parameters: { afterBytes },
  },
  "damaged-bytes": {
    what: "one bit of the object's bytes is another",
    strikes: "GetObject",
    canStrike: one("GetObject"),
    parameters: { afterBytes },
  },
  "wrong-checksum": {
    what: "the checksum that the answer tells is another; without one nothing happens",
    strikes: "GetObject, HeadObject, PutObject and UploadPart",
    canStrike: one("GetObject", "HeadObject", "PutObject", "UploadPart"),
    parameters: {},
  },
  "wrong-etag": {
    what: "the ETag that the answer's head tells is another",
    strikes: "GetObject, HeadObject, PutObject and UploadPart",
    canStrike: one("GetObject", "HeadObject", "PutObject", "UploadPart"),
    parameters: {},
  },
  "clock-skew": {
    what: "the server's clock is off: its Date, and what it thinks of signatures",
    strikes: "every call of S3",
    canStrike: (name) => !isService(name),
    parameters: {
      seconds: {
        what: "seconds that it is ahead, behind if negative",
        min: -playedLimits.skewSeconds,
        max: playedLimits.skewSeconds,
        byDefault: 3600,
      },
    },
  },
  "stale-read": {
    what: "404 NoSuchKey for what was written since versioning was switched on",
    strikes: "GetObject and HeadObject",
    canStrike: one("GetObject", "HeadObject"),
    parameters: {
      withinMs: {
        what: "milliseconds since the switch; AWS speaks of 15 minutes",
        min: 0,
        max: playedLimits.windowMs,
        byDefault: 900_000,
      },
    },
  },
  "operation-aborted": {
    what: "409 OperationAborted, as when another change of the bucket is under way",
    strikes: "calls that change a bucket or its settings",
    canStrike: isSettingsChange,
    parameters: {
      withinMs: {
        what: "only so soon after another change of the bucket; by default always",
        min: 0,
        max: playedLimits.windowMs,
      },
    },
  },
  refusal: {
    what: "an error before anything is done, by the code of it: 403 AccessDenied by default",
    strikes: "every call of S3",
    canStrike: (name) => !isService(name),
    parameters: {},
    texts: {
      code: "one of S3's error codes, such as AccountProblem, TooManyBuckets or TemporaryRedirect",
      message: "its text; by default what AWS says with that code",
    },
  },
  "throttled-control-plane": {
    what: "more calls a second than this are throttled: 503 SlowDown, or what the service calls it",
    strikes: "calls about buckets and their settings, and those to other services",
    canStrike: isControl,
    parameters: {
      perSecond: { what: "calls a second", min: 0, max: 10_000, byDefault: 1 },
    },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof faultKinds;

export function kindOf(name: FaultName): FaultKind {
  return faultKinds[name];
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultKinds, name);
}

export const faultNames = Object.keys(faultKinds).filter(isFaultName);
