import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Check,
  checkArgument,
  checkOptions,
  isPlainObject,
  isStore,
  ownOptions,
  type OptionChecks,
} from "../core/check-options.ts";
import { isStorageError } from "../core/errors.ts";
import type { CopySource, ObjectStore } from "../core/object-store.ts";
import { steadyNow } from "../core/steady-now.ts";
import {
  aroundCalls,
  effects,
  heardCall,
  type StoreCall,
  type StoreMethod,
} from "./around-calls.ts";
import type {
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTracer,
} from "./telemetry.ts";

/** Where calls are told: a tracer, a meter or both, of `@opentelemetry/api`. */
export interface TraceCallsOptions {
  readonly tracer?: TelemetryTracer;
  readonly meter?: TelemetryMeter;
}

const has =
  (method: string, words: string): Check =>
  (value) =>
    typeof (value as Record<string, unknown> | null)?.[method] === "function" ? undefined : words;

const checks: OptionChecks<TraceCallsOptions> = {
  tracer: has("startActiveSpan", "a Tracer of @opentelemetry/api"),
  meter: has("createHistogram", "a Meter of @opentelemetry/api"),
};

// Values of the enumerations SpanKind and SpanStatusCode of @opentelemetry/api.
const clientKind = 2;
const errorStatus = 2;

/** Seconds, as the conventions have them for calls of clients. */
const durationBoundaries = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Names that are not the method's own with a capital letter. */
const otherNames: Partial<Record<StoreMethod, string>> = {
  getObjectTags: "GetObjectTagging",
  putObjectTags: "PutObjectTagging",
  deleteObjectTags: "DeleteObjectTagging",
  listObjects: "ListObjectsV2",
};

const current = new AsyncLocalStorage<TelemetrySpan>();

/**
 * A span for each call, `S3.PutObject`, with the attributes of OpenTelemetry's conventions for S3 clients,
 * and histograms of its duration and bytes. A span is the parent of what happens within its call, and a
 * read's ends with its body. Errors are told by their code. Nothing of OpenTelemetry is imported: its
 * objects are given. What tracer, spans and histograms throw is passed over. Throws InvalidArgument.
 * Source: OpenTelemetry semantic conventions, "AWS S3 client spans" and "RPC metrics".
 *
 * @example
 * import { metrics, trace } from "@opentelemetry/api";
 * const store = await openObjectStore(getSettings(), { onEvent: traceRetries });
 * const files = createFileService(
 *   traceCalls(store, { tracer: trace.getTracer("lab"), meter: metrics.getMeter("lab") }),
 * );
 */
export function traceCalls(store: ObjectStore, options: TraceCallsOptions): ObjectStore {
  checkArgument("traceCalls", "the store", store, isStore);
  checkArgument("traceCalls", "the options", options, (value) =>
    isPlainObject(value) && (value["tracer"] ?? value["meter"]) !== undefined
      ? undefined
      : "an object with a tracer, a meter or both",
  );
  const given = ownOptions(options);
  checkOptions("traceCalls", given, checks);
  const { tracer } = given;
  const meters = metersOf(given.meter);
  const place = placeOf(store);
  return aroundCalls(store, async (call, run) => {
    if (effects[call.method] === "links") return run();
    const name = operationOf(call.method);
    const work = (span: TelemetrySpan | undefined): Promise<unknown> =>
      traced({ span, meters, shared: { ...place, "rpc.method": name } }, call, run);
    if (tracer === undefined) return work(undefined);
    const attributes = { ...place, "rpc.method": name, ...attributesOf(store, call) };
    let running: Promise<unknown> | undefined;
    const begin = (span: TelemetrySpan): Promise<unknown> =>
      (running ??= current.run(span, () => work(span)));
    quietly(() => tracer.startActiveSpan(`S3.${name}`, { kind: clientKind, attributes }, begin));
    return running ?? work(undefined);
  });
}

/**
 * Has each request that is tried again told in the span of its call: as `onEvent` of a store or file
 * service that is opened. Outside of traced calls it does nothing.
 *
 * @example
 * const traced = await openObjectStore(getSettings(), { onEvent: traceRetries });
 */
export function traceRetries(event: {
  readonly type: string;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly reason?: string;
  readonly detail?: string;
}): void {
  const { type, attempt, delayMs, reason, detail } = event;
  quietly(() =>
    current.getStore()?.addEvent(type, {
      ...(attempt !== undefined && { attempt }),
      ...(delayMs !== undefined && { "delay.ms": Math.round(delayMs) }),
      ...(reason !== undefined && { reason }),
      ...(detail !== undefined && { detail }),
    }),
  );
}

interface Recording {
  readonly span: TelemetrySpan | undefined;
  readonly meters: ReturnType<typeof metersOf>;
  /** Of few values each, so that metrics stay few. */
  readonly shared: TelemetryAttributes;
}

async function traced(
  { span, meters, shared }: Recording,
  call: StoreCall,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const { method } = call;
  const start = steadyNow();
  let bodyBytes = 0;
  const ended = (error?: unknown): void => {
    const failure = failureOf(error);
    const seconds = (steadyNow() - start) / 1000;
    quietly(() => meters?.duration.record(seconds, { ...shared, ...failure.kind }));
    if (method === "getObject" && error === undefined) {
      quietly(() => meters?.body.record(bodyBytes, shared));
    }
    quietly(() => {
      if (method === "getObject") span?.setAttributes({ "http.response.body.size": bodyBytes });
      span?.setAttributes({ ...failure.kind, ...failure.facts });
      if (error !== undefined) span?.setStatus({ code: errorStatus, message: failure.message });
      span?.end();
    });
  };
  return heardCall(call, run, {
    chunk: (bytes) => {
      bodyBytes += bytes;
    },
    ended,
  });
}

function metersOf(meter: TelemetryMeter | undefined) {
  if (meter === undefined) return undefined;
  return {
    duration: meter.createHistogram("rpc.client.call.duration", {
      description: "Duration of calls to the store, bodies that are read included.",
      unit: "s",
      advice: { explicitBucketBoundaries: [...durationBoundaries] },
    }),
    body: meter.createHistogram("http.client.response.body.size", {
      description: "Bytes of bodies that were read.",
      unit: "By",
    }),
  };
}

/** The same for all calls of a store. */
function placeOf({ bucket, location }: ObjectStore): TelemetryAttributes {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  return {
    "rpc.system": "aws-api",
    "rpc.system.name": "aws-api",
    "rpc.service": "S3",
    "aws.s3.bucket": bucket,
    ...(url?.protocol.startsWith("http") === true && { "server.address": url.hostname }),
  };
}

function operationOf(method: StoreMethod): string {
  return otherNames[method] ?? method.charAt(0).toUpperCase() + method.slice(1);
}

function attributesOf({ bucket }: ObjectStore, { method, args, key }: StoreCall) {
  const [first, second] = args;
  const part = isPlainObject(first) ? first : {};
  const copied = { copyObject: first, uploadPartCopy: second }[method as string];
  const source = isPlainObject(copied) ? (copied as unknown as CopySource) : undefined;
  const { uploadId, partNumber } = part;
  const size = ["putObject", "uploadPart"].includes(method) ? sizeOf(second) : undefined;
  return {
    ...(key !== undefined && { "aws.s3.key": key }),
    ...(source !== undefined && {
      "aws.s3.copy_source": `${source.bucket ?? bucket}/${source.key}`,
    }),
    ...(typeof uploadId === "string" && { "aws.s3.upload_id": uploadId }),
    ...(typeof partNumber === "number" && { "aws.s3.part_number": partNumber }),
    ...(size !== undefined && { "http.request.body.size": size }),
  };
}

function sizeOf(body: unknown): number | undefined {
  if (body instanceof Uint8Array) return body.byteLength;
  const size = (body as { readonly lengthBytes?: unknown } | undefined)?.lengthBytes;
  return typeof size === "number" ? size : undefined;
}

function failureOf(error: unknown) {
  if (error === undefined) return { kind: {}, facts: {}, message: "" };
  if (!isStorageError(error)) {
    return {
      kind: { "error.type": "_OTHER" },
      facts: {},
      message: error instanceof Error ? error.message : "",
    };
  }
  const { code, status, requestId, s3Code, message } = error;
  return {
    kind: { "error.type": code },
    facts: {
      ...(status !== undefined && { "http.response.status_code": status }),
      ...(requestId !== undefined && { "aws.request_id": requestId }),
      ...(s3Code !== undefined && { "rpc.response.status_code": s3Code }),
    },
    message,
  };
}

function quietly(call: () => unknown): void {
  try {
    const answer = call();
    if (answer instanceof Promise) answer.catch(() => undefined);
  } catch {
    // Who looks on must not change what happens.
  }
}
