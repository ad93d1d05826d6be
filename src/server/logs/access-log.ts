import type { HttpExchange } from "../http-exchange.ts";
import type { RequestTrace } from "../request-trace.ts";
import { accessLogLine } from "./access-log-line.ts";
import { accessLogRecord } from "./access-log-record.ts";
import type { LogFile } from "./log-file.ts";

/** `s3`: that of S3's server access logs, requests of S3 alone. `json`: an object a line, all requests. */
export type AccessLogFormat = "s3" | "json";

/** An observer that adds a line for every request. */
export function accessLog(file: LogFile, format: AccessLogFormat = "s3") {
  return (trace: RequestTrace, exchange: HttpExchange): void => {
    if (format === "json") file.write(JSON.stringify(accessLogRecord(trace, exchange)));
    else if (trace.understood?.service === undefined) file.write(accessLogLine(trace, exchange));
  };
}
