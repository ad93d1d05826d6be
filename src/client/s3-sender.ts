import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import { LiveList } from "../core/live-list.ts";
import type { CallOptions } from "../core/object-store.ts";
import { encodeHeaderText } from "../protocol/headers/header-text.ts";
import { uriEncode } from "../protocol/query.ts";
import { signRequest } from "../protocol/sigv4/sign.ts";
import { CallScope } from "./call-scope.ts";
import type { PayloadSigning } from "./dialects/dialect.ts";
import type { HttpAnswer, HttpTransport } from "./http-transport.ts";
import { payloadHash } from "./payload-hash.ts";
import type { RequestTrace } from "./request-trace.ts";
import { CallRecovery, type Attempt, type RecoveryOptions } from "./recovery/call-recovery.ts";
import type { S3Answer, S3Request } from "./s3-request.ts";
import { pacedBody, type StorePace } from "./store-pace.ts";
import { addressOf, serviceError, type CallContext } from "./service-error.ts";

export interface SenderOptions extends RecoveryOptions {
  /** Undefined: requests to the service, which concern no bucket. */
  readonly bucket: string | undefined;
  readonly transport: HttpTransport;
  readonly payloadSigning: PayloadSigning;
  readonly expectedBucketOwner?: string | undefined;
  /** Tells of requests and answers; default: nobody asks. */
  readonly trace?: RequestTrace | undefined;
  /** Default: as fast as it goes. */
  readonly pace?: StorePace | undefined;
}

interface AddressedRequest {
  readonly request: S3Request;
  /** Encoded, as it will be sent. */
  readonly path: string;
  readonly query: string;
}

/** Signs and sends the requests of one store; `recovery/` sees to those that fail. */
export class S3Sender {
  readonly #options: SenderOptions;
  readonly #openScopes = new LiveList<CallScope>();
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Throws StorageError only. A streamed body must be read to its end or given up. */
  async send(request: S3Request, call: CallOptions = {}): Promise<S3Answer> {
    const context: CallContext = {
      operation: request.operation,
      bucket: this.#options.bucket,
      key: request.key,
      dialect: this.#options.dialect.name,
      changes: request.changes ?? (request.method !== "GET" && request.method !== "HEAD"),
    };
    this.assertOpen(context);
    const scope = new CallScope(call, this.#openScopes);
    try {
      const recovery = new CallRecovery(this.#options, context, scope);
      const inLane = request.body === undefined || request.body instanceof Uint8Array;
      const answer = await recovery.run(
        (attempt) => this.#attempt(request, context, scope, attempt),
        { inLane },
      );
      if (answer.body === undefined) scope.end();
      else answer.body.whenDone(() => scope.end());
      return answer;
    } catch (error) {
      scope.end();
      throw error;
    }
  }

  /** Waits for work that comes before a request; it ends like the request when the call is given up. */
  async prepare<T>(
    work: () => Promise<T>,
    context: { readonly operation: string; readonly bucket: string; readonly key?: string },
    call: CallOptions,
  ): Promise<T> {
    this.assertOpen({ ...context, key: context.key });
    const scope = new CallScope(call, this.#openScopes);
    try {
      return await scope.waitFor(work());
    } catch (error) {
      throw scope.cancellation === undefined ? error : scope.error(context.operation, context);
    } finally {
      scope.end();
    }
  }

  assertOpen(context: Pick<CallContext, "operation" | "bucket" | "key">): void {
    if (!this.#closed) return;
    throw new StorageError("Closed", `${context.operation}: the store is closed.`, {
      ...addressOf(context),
      remedy: "Close it after its last use, or open another one.",
    });
  }

  close(): void {
    this.#closed = true;
    for (const scope of this.#openScopes.takeAll()) scope.cancel("closed");
    this.#options.transport.close();
  }

  async #attempt(
    request: S3Request,
    context: CallContext,
    scope: CallScope,
    attempt: Attempt,
  ): Promise<S3Answer> {
    const { transport, state, trace, pace } = this.#options;
    const { endpoint } = state;
    const path = endpoint.keyBase + uriEncode(request.key ?? "", { keepSlash: true });
    const query = renderQuery(request.query);
    // Before it is signed: a signature ages.
    await requestTurn(scope, pace);
    const headers = await scope.waitFor(this.#headers({ request, path, query }, attempt, scope));
    const sent = {
      endpoint,
      method: request.method,
      target: query === "" ? path : `${path}?${query}`,
      headers,
      body: pacedBody(request.body, pace),
    };
    const answer = await (trace === undefined
      ? transport.send(sent, scope)
      : trace.around(request.operation, sent, () => transport.send(sent, scope)));
    const accepted = answer.status >= 200 && answer.status < 300;
    if (accepted && request.answer === "stream") {
      return { status: answer.status, headers: answer.headers, document: none, body: answer.body };
    }
    const limit = accepted ? clientLimits.responseXmlBytes : clientLimits.errorBodyBytes;
    const document = await readDocument(answer, limit, context);
    if (!accepted || (request.method !== "GET" && isErrorDocument(document))) {
      attempt.retryAfter = answer.headers.get("retry-after");
      state.noteServerDate(answer.headers.get("date"));
      throw serviceError(context, { status: answer.status, headers: answer.headers, document });
    }
    if (request.method !== "GET") assertNoPage(answer, document, context);
    return { status: answer.status, headers: answer.headers, document, body: undefined };
  }

  async #headers(
    { request, path: rawPath, query: rawQuery }: AddressedRequest,
    attempt: Attempt,
    scope: CallScope,
  ): Promise<Record<string, string>> {
    const { state, dialect, expectedBucketOwner } = this.#options;
    const headers = definedHeaders(request.headers);
    headers["host"] = state.endpoint.host;
    if (expectedBucketOwner !== undefined) {
      headers["x-amz-expected-bucket-owner"] = expectedBucketOwner;
    }
    const credentials = await state.credentials(attempt.refreshCredentials);
    if (credentials !== undefined) {
      // Small documents are always hashed; only object bytes are worth sparing.
      const signing = request.method === "POST" ? "always" : this.#options.payloadSigning;
      const signed = signRequest(
        { method: request.method, rawPath, rawQuery, headers },
        {
          credentials,
          region: dialect.signingRegion.value ?? state.region,
          service: "s3",
          now: state.now(),
          payloadHash: await payloadHash(request.body, {
            signing,
            secure: state.endpoint.secure,
            isOver: () => scope.cancellation !== undefined,
          }),
        },
      );
      Object.assign(headers, signed);
    }
    const length = bodyLength(request);
    if (length !== undefined) headers["content-length"] = String(length);
    return headers;
  }
}

/** The document of an answer whose body is a stream. */
const none = Buffer.alloc(0);

async function requestTurn(scope: CallScope, pace: StorePace | undefined): Promise<void> {
  if (pace?.requests !== undefined) await scope.waitFor(pace.requests.take(1));
}

function renderQuery(query: S3Request["query"] = {}): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    pairs.push(`${uriEncode(name)}=${uriEncode(String(value))}`);
  }
  return pairs.join("&");
}

/** Leaves undefined values out, and turns the rest into what Node sends and SigV4 signs. */
function definedHeaders(headers: S3Request["headers"] = {}): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) defined[name] = encodeHeaderText(value);
  }
  return defined;
}

function bodyLength(request: S3Request): number | undefined {
  if (request.body instanceof Uint8Array) return request.body.length;
  if (request.body !== undefined) return request.body.lengthBytes;
  return request.method === "PUT" || request.method === "POST" ? 0 : undefined;
}

/** S3 sends white space to keep a slow CopyObject alive, then perhaps an error after all. */
function isErrorDocument(document: Buffer): boolean {
  if (document.length === 0 || document.length > clientLimits.errorBodyBytes) return false;
  return /^\s*(?:<\?xml[^>]*\?>\s*)?<Error[\s>]/.test(document.toString("latin1"));
}

/**
 * What answers all calls with 200, as sign-in pages of networks do, must not be taken for a store. Throws
 * `Unavailable`.
 */
function assertNoPage(answer: HttpAnswer, document: Buffer, context: CallContext): void {
  const type = answer.headers.get("content-type") ?? "";
  if (document.length === 0 || !/^text\/html\b/i.test(type)) return;
  throw new StorageError("Unavailable", `${context.operation}: the answer is a web page.`, {
    ...addressOf(context),
    status: answer.status,
    outcome: context.changes ? "unknown" : "not-applied",
    remedy:
      "Check that the endpoint is an S3 endpoint and that no proxy or sign-in page answers for it.",
  });
}

async function readDocument(
  answer: HttpAnswer,
  limitBytes: number,
  context: CallContext,
): Promise<Buffer> {
  try {
    return await answer.body.readAll(limitBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StorageError("Unavailable", `${context.operation}: ${error.message}`, {
      ...addressOf(context),
      status: answer.status,
      remedy: "Check that the endpoint is an S3 endpoint and not a web site.",
    });
  }
}
