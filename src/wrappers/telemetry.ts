// The parts of `@opentelemetry/api` that are used, by their shapes: its own objects fit, and nothing is imported.

/** Values of attributes. */
export type TelemetryAttributes = Record<string, string | number | boolean>;

/** A `Span`. */
export interface TelemetrySpan {
  setAttributes(attributes: TelemetryAttributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addEvent(name: string, attributes?: TelemetryAttributes): unknown;
  end(): void;
}

/** A `Tracer`, such as `trace.getTracer("my-program")`. */
export interface TelemetryTracer {
  startActiveSpan<Work extends (span: TelemetrySpan) => unknown>(
    name: string,
    options: { kind?: number; attributes?: TelemetryAttributes },
    work: Work,
  ): ReturnType<Work>;
}

/** A `Meter`, such as `metrics.getMeter("my-program")`. */
export interface TelemetryMeter {
  createHistogram(
    name: string,
    options?: {
      description?: string;
      unit?: string;
      advice?: { explicitBucketBoundaries?: number[] };
    },
  ): { record(value: number, attributes?: TelemetryAttributes): void };
}
