import type { UploadBody } from "../core/object-store.ts";
import type { AnswerHeaders } from "./answer-headers.ts";
import type { ResponseBody } from "./response-body.ts";

/** One S3 request before addressing and signing. */
export interface S3Request {
  /** S3's name of it, for errors and events. */
  readonly operation: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Absent for requests on the bucket. */
  readonly key?: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: UploadBody;
  /** Whether it changes the store. Default: by the method, GET and HEAD do not. */
  readonly changes?: boolean;
  /** `stream`: the body is handed over unread. Default `document`: read to its end, bounded. */
  readonly answer?: "document" | "stream";
}

export interface S3Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Empty when a stream was asked for. */
  readonly document: Buffer;
  /** Set when a stream was asked for. */
  readonly body: ResponseBody | undefined;
}
