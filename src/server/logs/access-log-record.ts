import type { HttpExchange } from "../http-exchange.ts";
import { requestEvent, type RequestTrace, toldError } from "../request-trace.ts";

/** As `--log --json` tells a request, with what it moved and why it was refused. */
export function accessLogRecord(trace: RequestTrace, exchange: HttpExchange): object {
  const { response, answeredAt, startedAt } = trace;
  const error = toldError(trace);
  const { kind: type, ...facts } = requestEvent(trace, exchange, response?.status ?? 0);
  return {
    type,
    ...facts,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    ...(answeredAt !== undefined && { turnAroundMs: answeredAt - startedAt }),
    ...(error !== undefined && { errorMessage: error.message }),
    referer: exchange.headers.get("referer"),
    host: exchange.headers.get("host"),
  };
}
