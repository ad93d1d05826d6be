// The parts of `@opentelemetry/api` that are used, by their shapes: its own objects fit, and nothing is imported.

/** Values of attributes. */
export type TelemetryAttributes = Record<string, string | number | boolean>;

/** A `Span`. */
export interface TelemetrySpan {
  /** As of `Span`. */
  setAttributes(attributes: TelemetryAttributes): unknown;
  /** As of `Span`. */
  setStatus(status: { code: number; message?: string }): unknown;
  /** As of `Span`. */
  addEvent(name: string, attributes?: TelemetryAttributes): unknown;
  /** As of `Span`. */
  end(): void;
}

/** A `Tracer`, such as `trace.getTracer("my-program")`. */
export interface TelemetryTracer {
  /**
   * As of `Tracer`.
   * @typeParam Work What runs within the span.
   */
  startActiveSpan<Work extends (span: TelemetrySpan) => unknown>(
    name: string,
    options: { kind?: number; attributes?: TelemetryAttributes },
    work: Work,
  ): ReturnType<Work>;
}

/** A `Meter`, such as `metrics.getMeter("my-program")`. */
export interface TelemetryMeter {
  /** As of `Meter`. */
  createHistogram(
    name: string,
    options?: {
      description?: string;
      unit?: string;
      advice?: { explicitBucketBoundaries?: number[] };
    },
  ): {
    /** As of `Histogram`. */
    record(value: number, attributes?: TelemetryAttributes): void;
  };
}
