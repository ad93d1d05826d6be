import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import type { CallOptions } from "../core/object-store.ts";
import { restateError } from "../core/restate-error.ts";
import { encodeHeaderText } from "../protocol/headers/header-text.ts";
import { uriEncode } from "../protocol/query.ts";
import { signRequest } from "../protocol/sigv4/sign.ts";
import { CallScope } from "./call-scope.ts";
import { connectionError } from "./connection-error.ts";
import type { Dialect, PayloadSigning } from "./dialects/dialect.ts";
import type { HttpAnswer, HttpTransport } from "./http-transport.ts";
import { payloadHash } from "./payload-hash.ts";
import { backoffMs, RetryBudget, retryAfterMs } from "./retry-policy.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { ClientEvent, S3Answer, S3Request } from "./s3-request.ts";
import { addressOf, serviceError } from "./service-error.ts";
import type { CallContext } from "./service-error.ts";
import type { StoreState } from "./store-state.ts";
import { TransportError } from "./transport-error.ts";

export interface SenderOptions {
  readonly bucket: string;
  readonly dialect: Dialect;
  readonly state: StoreState;
  readonly transport: HttpTransport;
  readonly retry: RetryPolicy;
  readonly payloadSigning: PayloadSigning;
  readonly random: () => number;
  readonly expectedBucketOwner?: string | undefined;
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** What one call remembers from attempt to attempt. */
interface CallMemory {
  attempt: number;
  staleSockets: number;
  /** An earlier attempt may have been carried out although its answer was lost. */
  lostAnswer: boolean;
  readonly recovered: Set<ClientEvent["type"]>;
  /** That the last attempt was signed for; another call may have moved the store meanwhile. */
  region: string;
  refreshCredentials: boolean;
  retryAfter: string | undefined;
}

interface AddressedRequest {
  readonly request: S3Request;
  /** Encoded, as it will be sent. */
  readonly path: string;
  readonly query: string;
}

/** Signs, sends and repeats requests of one store until they succeed or repeating is no use. */
export class S3Sender {
  readonly #options: SenderOptions;
  readonly #budget = new RetryBudget();
  readonly #openScopes = new Set<CallScope>();
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
      const answer = await this.#repeat(request, context, scope);
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
    for (const scope of this.#openScopes) scope.cancel("closed");
    this.#options.transport.close();
  }

  async #repeat(request: S3Request, context: CallContext, scope: CallScope): Promise<S3Answer> {
    const memory: CallMemory = {
      attempt: 1,
      staleSockets: 0,
      lostAnswer: false,
      recovered: new Set(),
      region: this.#options.state.region,
      refreshCredentials: false,
      retryAfter: undefined,
    };
    for (;;) {
      try {
        if (scope.cancellation !== undefined)
          throw new TransportError("cancelled", "", { sent: false });
        const answer = await this.#attempt(request, context, scope, memory);
        this.#budget.refund(memory.attempt > 1);
        return answer;
      } catch (error) {
        await this.#afterFailure(error, context, scope, memory);
      }
    }
  }

  async #attempt(
    request: S3Request,
    context: CallContext,
    scope: CallScope,
    memory: CallMemory,
  ): Promise<S3Answer> {
    memory.retryAfter = undefined;
    const { transport, state } = this.#options;
    const { endpoint } = state;
    memory.region = state.region;
    const path = endpoint.keyBase + uriEncode(request.key ?? "", { keepSlash: true });
    const query = renderQuery(request.query);
    const headers = await scope.waitFor(this.#headers({ request, path, query }, memory, scope));
    const answer = await transport.send(
      {
        endpoint,
        method: request.method,
        target: query === "" ? path : `${path}?${query}`,
        headers,
        body: request.body,
      },
      scope,
    );
    const accepted = answer.status >= 200 && answer.status < 300;
    if (accepted && request.answer === "stream") {
      return { ...answer, document: Buffer.alloc(0) };
    }
    const limit = accepted ? clientLimits.responseXmlBytes : clientLimits.errorBodyBytes;
    const document = await readDocument(answer, limit, context);
    if (!accepted || (request.method !== "GET" && isErrorDocument(document))) {
      memory.retryAfter = answer.headers.get("retry-after");
      state.noteServerDate(answer.headers.get("date"));
      throw serviceError(context, { status: answer.status, headers: answer.headers, document });
    }
    return { status: answer.status, headers: answer.headers, document, body: undefined };
  }

  async #headers(
    { request, path: rawPath, query: rawQuery }: AddressedRequest,
    memory: CallMemory,
    scope: CallScope,
  ): Promise<Record<string, string>> {
    const { state, dialect, expectedBucketOwner } = this.#options;
    const headers = definedHeaders(request.headers);
    headers["host"] = state.endpoint.host;
    if (expectedBucketOwner !== undefined) {
      headers["x-amz-expected-bucket-owner"] = expectedBucketOwner;
    }
    const credentials = await state.credentials(memory.refreshCredentials);
    memory.refreshCredentials = false;
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

  /** Returns when another attempt is due, else throws what the caller is to see. */
  async #afterFailure(
    failure: unknown,
    context: CallContext,
    scope: CallScope,
    memory: CallMemory,
  ): Promise<void> {
    const error = this.#asStorageError(failure, context, scope);
    if (error.outcome === "unknown") memory.lostAnswer = true;
    if (scope.cancellation === undefined) {
      if (this.#isStaleSocket(failure, memory)) return;
      if (this.#recover(error, memory)) return;
      const delayMs = this.#retryDelay(error, memory);
      if (delayMs !== undefined) {
        this.#tell({
          type: "retry",
          operation: context.operation,
          attempt: memory.attempt,
          delayMs,
          reason: error.s3Code ?? error.code,
        });
        memory.attempt += 1;
        await scope.sleep(delayMs);
        return;
      }
    }
    throw memory.lostAnswer && error.outcome !== "unknown"
      ? restateError(error, { outcome: "unknown" })
      : error;
  }

  #asStorageError(failure: unknown, context: CallContext, scope: CallScope): StorageError {
    if (scope.cancellation !== undefined) {
      const error = scope.error(context.operation, context);
      const sent = failure instanceof TransportError && failure.sent;
      return context.changes && sent ? restateError(error, { outcome: "unknown" }) : error;
    }
    if (failure instanceof StorageError) {
      return failure.operation === undefined ? restateError(failure, addressOf(context)) : failure;
    }
    if (failure instanceof TransportError) {
      return connectionError(context, failure, this.#options.state.endpoint);
    }
    const message = failure instanceof Error ? failure.message : String(failure);
    return new StorageError("Unknown", `${context.operation}: ${message}`, {
      ...addressOf(context),
      cause: failure,
    });
  }

  /** A kept-alive connection that the store had closed meanwhile says nothing about the store. */
  #isStaleSocket(failure: unknown, memory: CallMemory): boolean {
    if (!(failure instanceof TransportError) || failure.failure !== "stale") return false;
    memory.staleSockets += 1;
    return memory.staleSockets <= clientLimits.staleSocketRetries;
  }

  /** Puts right what the answer tells how to put right; each cause once a call. */
  #recover(error: StorageError, memory: CallMemory): boolean {
    const { state, dialect } = this.#options;
    const cause = ((): [ClientEvent["type"], string] | undefined => {
      const isSkewed = isUnnamed(error, 403)
        ? state.isClockSkewed()
        : isNamed(error, "RequestTimeTooSkewed");
      if (isSkewed && state.adoptServerClock()) {
        return ["clock-adjusted", "Signing with the store's clock."];
      }
      const region = error.details["Region"];
      const isExpired = isUnnamed(error, 400)
        ? region === undefined
        : isNamed(error, "ExpiredToken");
      if (isExpired && state.hasCredentials) {
        memory.refreshCredentials = true;
        return ["credentials-refreshed", "The keys had expired."];
      }
      const isMoved = region === state.region && memory.region !== region;
      if (
        dialect.followsRegion.value &&
        region !== undefined &&
        (isMoved || state.moveTo(region))
      ) {
        return ["region-changed", `The bucket is in ${region}.`];
      }
      return undefined;
    })();
    if (cause === undefined || memory.recovered.has(cause[0])) return false;
    memory.recovered.add(cause[0]);
    this.#tell({
      type: cause[0],
      operation: error.operation ?? "",
      detail: cause[1],
    } as ClientEvent);
    return true;
  }

  /** Undefined: no further attempt. */
  #retryDelay(error: StorageError, memory: CallMemory): number | undefined {
    const { retry, random, state } = this.#options;
    if (!error.retryable || memory.attempt >= retry.attempts) return undefined;
    const asked = retryAfterMs(memory.retryAfter, state.now()) ?? 0;
    if (asked > clientLimits.retryAfterCapMs || !this.#budget.take()) return undefined;
    return Math.max(asked, backoffMs(retry, memory.attempt, random));
  }

  #tell(event: ClientEvent): void {
    this.#options.onEvent?.(event);
  }
}

function isNamed(error: StorageError, s3Code: string): boolean {
  return error.s3Code === s3Code;
}

/** HEAD's answers have no body that would name the error. */
function isUnnamed(error: StorageError, status: number): boolean {
  return error.s3Code === undefined && error.status === status;
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
  for (const [name, value] of Object.entries(headers)) {
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
