import { buffer } from "node:stream/consumers";
import { context, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { aroundCalls } from "../../src/wrappers/around-calls.ts";
import type { TelemetryTracer } from "../../src/wrappers/telemetry.ts";
import { traceCalls, traceRetries } from "../../src/wrappers/trace-calls.ts";

const spans = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const tracer = provider.getTracer("test");
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({
  exporter: measured,
  exportIntervalMillis: 3_600_000,
  exportTimeoutMillis: 3_600_000,
});
const meter = new MeterProvider({ readers: [reader] }).getMeter("test");
let server: TestServer;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await startTestServer();
});
afterAll(async () => {
  context.disable();
  await reader.shutdown();
  await server.close();
});
beforeEach(() => spans.reset());

const bytes = Buffer.from("0123456789");
const told = () =>
  spans.getFinishedSpans().map(({ name, kind, attributes, status, events }) => {
    return { name, kind, attributes, status, events };
  });
const angry = (): never => {
  throw new Error("of the tracer");
};

it("tells of each call by OpenTelemetry's names", async () => {
  const store = traceCalls(server.store(), { tracer });
  await store.putObject("a", bytes);
  await store.copyObject({ key: "a" }, "b");
  const uploadId = await store.createMultipartUpload("c");
  await store.uploadPart({ key: "c", uploadId, partNumber: 1 }, bytes);
  await store.uploadPartCopy({ key: "c", uploadId, partNumber: 2 }, { key: "a" });
  await store.abortMultipartUpload({ key: "c", uploadId });
  await store.getObjectTags("a");
  await store.listObjects();
  await store.presign({ method: "GET", key: "a" });
  const shared = {
    "rpc.system": "aws-api",
    "rpc.system.name": "aws-api",
    "rpc.service": "S3",
    "aws.s3.bucket": "test-bucket",
    "server.address": "127.0.0.1",
  };
  const upload = { "aws.s3.key": "c", "aws.s3.upload_id": uploadId };
  const copied = { "aws.s3.copy_source": "test-bucket/a" };
  const wanted: readonly (readonly [string, object])[] = [
    ["PutObject", { "aws.s3.key": "a", "http.request.body.size": 10 }],
    ["CopyObject", { "aws.s3.key": "b", ...copied }],
    ["CreateMultipartUpload", { "aws.s3.key": "c" }],
    ["UploadPart", { ...upload, "aws.s3.part_number": 1, "http.request.body.size": 10 }],
    ["UploadPartCopy", { ...upload, "aws.s3.part_number": 2, ...copied }],
    ["AbortMultipartUpload", upload],
    ["GetObjectTagging", { "aws.s3.key": "a" }],
    ["ListObjectsV2", {}],
  ];
  expect(told()).toEqual(
    wanted.map(([name, own]) => ({
      name: `S3.${name}`,
      kind: 2,
      attributes: { ...shared, "rpc.method": name, ...own },
      status: { code: 0 },
      events: [],
    })),
  );
});

it("ends a read's span with its body, and tells of errors by their code", async () => {
  const store = traceCalls(server.store(), { tracer });
  await server.store().putObject("a", bytes);
  const { body } = await store.getObject("a");
  expect(told()).toEqual([]);
  await buffer(body);
  await expect(store.getObject("none")).rejects.toMatchObject({ code: "NotFound" });
  const [read, missing] = told();
  expect(read?.attributes).toMatchObject({ "http.response.body.size": 10 });
  expect(read?.status).toEqual({ code: 0 });
  expect(missing?.attributes).toMatchObject({
    "error.type": "NotFound",
    "http.response.status_code": 404,
    "rpc.response.status_code": "NoSuchKey",
    "aws.request_id": expect.any(String) as unknown,
  });
  expect(missing?.status).toMatchObject({ code: 2 });
  const failing = aroundCalls(server.store(), () => Promise.reject(new Error("of a stranger")));
  await expect(traceCalls(failing, { tracer }).headObject("a")).rejects.toThrow("of a stranger");
  expect(told().at(-1)?.attributes["error.type"]).toBe("_OTHER");
});

it("goes without a span where the tracer fails, at once or later", async () => {
  const store = createMemoryStore();
  await store.putObject("a", bytes);
  const throwing = {
    startActiveSpan: () => {
      throw new Error("of the tracer");
    },
  };
  const rejecting: TelemetryTracer = {
    startActiveSpan: (name, _options, work) => {
      tracer.startActiveSpan(name, work);
      return Promise.reject(new Error("of the tracer")) as never;
    },
  };
  for (const broken of [throwing, rejecting]) {
    const traced = traceCalls(store, { tracer: broken });
    await expect(traced.headObject("a")).resolves.toMatchObject({ sizeBytes: 10 });
    await expect(traced.headObject("none")).rejects.toMatchObject({ code: "NotFound" });
  }
});

it("is the child of the span around it, and the parent of those within", async () => {
  const inner = aroundCalls(createMemoryStore(), async (_call, run) => {
    tracer.startSpan("inside").end();
    return run();
  });
  const files = createFileService(traceCalls(inner, { tracer }));
  await tracer.startActiveSpan("outside", async (span: Span) => {
    await files.uploadBytes("x", "a");
    span.end();
  });
  const [inside, put, outside] = spans.getFinishedSpans();
  expect([inside?.name, put?.name, outside?.name]).toEqual(["inside", "S3.PutObject", "outside"]);
  expect(put?.parentSpanContext?.spanId).toBe(outside?.spanContext().spanId);
  expect(inside?.parentSpanContext?.spanId).toBe(put?.spanContext().spanId);
  expect(trace.getActiveSpan()).toBeUndefined();
});

it("has what is tried again in the span of its call", async () => {
  const { credentials, endpoint, region, bucket } = server;
  const store: ObjectStore = traceCalls(
    createS3Store({
      credentials: () => Promise.resolve(credentials),
      endpoint,
      region,
      bucket,
      dialect: s3Dialect,
      random: () => 0,
      onEvent: traceRetries,
    }),
    { tracer },
  );
  const rule = { fault: "slow-down", operations: ["PutObject"], count: 1 } as const;
  server.faults.set([rule]);
  await store.putObject("a", bytes);
  await store.close();
  const [{ events } = { events: [] }] = told();
  expect(events).toMatchObject([
    {
      name: "retry",
      attributes: { attempt: 1, reason: "SlowDown", "delay.ms": expect.any(Number) as unknown },
    },
  ]);
  traceRetries({ type: "retry" });
});

it("measures durations and bytes, with few attributes", async () => {
  const store = traceCalls(server.store(), { meter });
  await store.putObject("a", bytes);
  await buffer((await store.getObject("a")).body);
  await store.headObject("none").catch(() => undefined);
  await store.getObject("none").catch(() => undefined);
  await reader.forceFlush();
  const metrics = measured.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? [];
  const points = metrics.flatMap(({ descriptor, dataPointType, dataPoints }) =>
    dataPointType === DataPointType.HISTOGRAM
      ? dataPoints.map(({ attributes, value: { count, sum = 0 } }) => {
          const { name, unit } = descriptor;
          return { name, unit, count, sum, attributes };
        })
      : [],
  );
  expect(points.map(({ name, unit, count }) => [name, unit, count])).toEqual([
    ["rpc.client.call.duration", "s", 1],
    ["rpc.client.call.duration", "s", 1],
    ["rpc.client.call.duration", "s", 1],
    ["rpc.client.call.duration", "s", 1],
    ["http.client.response.body.size", "By", 1],
  ]);
  expect(points.at(-1)?.sum).toBe(10);
  for (const { name, sum } of points.slice(0, 4)) expect([name, sum < 20]).toEqual([name, true]);
  expect(points[2]?.attributes).toMatchObject({ "error.type": "NotFound" });
  for (const { attributes } of points) expect(attributes).not.toHaveProperty("aws.s3.key");
});

it("is never in the way", async () => {
  const span = { setAttributes: angry, setStatus: angry, addEvent: angry, end: angry };
  const store = traceCalls(createMemoryStore(), {
    tracer: { startActiveSpan: (_name, _options, work) => work(span) as never },
    meter: { createHistogram: () => ({ record: angry }) },
  });
  await store.putObject("a", bytes);
  expect(await buffer((await store.getObject("a")).body)).toEqual(bytes);
  await expect(store.headObject("none")).rejects.toMatchObject({ code: "NotFound" });
});

it.each([[undefined], [{}], [{ tracer: {} }], [{ meter: 5 }], [{ tracer, metre: meter }]])(
  "refuses %j",
  (options) => {
    expect(() => traceCalls(createMemoryStore(), options as never)).toThrow(
      expect.objectContaining({ code: "InvalidArgument" }),
    );
  },
);
