import { clientLimits } from "../core/limits.ts";
import type { UploadBody } from "../core/object-store.ts";
import type { AnswerHeaders } from "./answer-headers.ts";
import type { CallScope } from "./call-scope.ts";
import { ConnectionPool } from "./connection/connection-pool.ts";
import type { Endpoint } from "./endpoint.ts";
import { Exchange } from "./exchange.ts";
import { chooseProxy, type ProxySettings } from "./proxy/choose-proxy.ts";
import type { ResponseBody } from "./response-body.ts";

export interface TlsOptions {
  /** PEM of further certificate authorities, beside those that Node trusts. */
  readonly ca?: string | Buffer;
  /** False: any certificate is accepted. Default true. */
  readonly rejectUnauthorized?: boolean;
}

export interface Timeouts {
  readonly connectTimeoutMs: number;
  /** The longest silence on a connection while it is the store's turn. */
  readonly idleTimeoutMs: number;
}

export interface HttpRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Values as bytes: latin1 views of UTF-8. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: UploadBody | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: ResponseBody;
}

export interface TransportOptions {
  readonly tls?: TlsOptions | undefined;
  readonly maxConnections?: number | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** Default: no proxy. */
  readonly proxy?: ProxySettings | undefined;
}

/**
 * One attempt of a request over kept-alive connections. Throws TransportError, or StorageError when
 * the request itself cannot be sent.
 */
export class HttpTransport {
  readonly #pool: ConnectionPool;

  constructor(options: TransportOptions) {
    this.#pool = new ConnectionPool({
      maxConnections: options.maxConnections ?? clientLimits.connections,
      connectTimeoutMs: options.timeouts?.connectTimeoutMs ?? clientLimits.connectTimeoutMs,
      idleTimeoutMs: options.timeouts?.idleTimeoutMs ?? clientLimits.idleTimeoutMs,
      tls: {
        ca: options.tls?.ca,
        rejectUnauthorized: options.tls?.rejectUnauthorized ?? true,
      },
      chooseProxy: chooseProxy(options.proxy ?? {}),
      sessions: new Map(),
    });
  }

  send(request: HttpRequest, scope: CallScope): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      new Exchange(this.#pool, request, scope, { resolve, reject }).start();
    });
  }

  close(): void {
    this.#pool.close();
  }
}
