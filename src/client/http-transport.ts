import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import tls from "node:tls";
import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import type { UploadBody } from "../core/object-store.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import type { CallScope } from "./call-scope.ts";
import type { Endpoint } from "./endpoint.ts";
import { chooseProxy, type ProxySettings } from "./proxy/choose-proxy.ts";
import { TunnelHttpAgent, TunnelHttpsAgent } from "./proxy/tunnel-agents.ts";
import { ResponseBody } from "./response-body.ts";
import { errorCode, isTlsCode, TransportError } from "./transport-error.ts";
import { writeBody } from "./write-body.ts";

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
 * One attempt of a request over kept-alive connections of node:http and node:https. Throws
 * TransportError, or StorageError when the request itself cannot be sent.
 */
export class HttpTransport {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  readonly #timeouts: Timeouts;

  constructor(options: TransportOptions) {
    this.#timeouts = {
      connectTimeoutMs: options.timeouts?.connectTimeoutMs ?? clientLimits.connectTimeoutMs,
      idleTimeoutMs: options.timeouts?.idleTimeoutMs ?? clientLimits.idleTimeoutMs,
    };
    const agentOptions = {
      keepAlive: true,
      maxSockets: options.maxConnections ?? clientLimits.connections,
      maxFreeSockets: options.maxConnections ?? clientLimits.connections,
      timeout: this.#timeouts.idleTimeoutMs,
    };
    const ca = options.tls?.ca;
    const choose = chooseProxy(options.proxy ?? {});
    this.#plain = new TunnelHttpAgent(agentOptions, choose);
    this.#secure = new TunnelHttpsAgent(
      {
        ...agentOptions,
        // `ca` replaces Node's own list, so a private authority is added to it.
        ...(ca !== undefined && { ca: [...tls.rootCertificates, ca] }),
        rejectUnauthorized: options.tls?.rejectUnauthorized ?? true,
      },
      choose,
    );
  }

  send(request: HttpRequest, scope: CallScope): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      new Exchange(this.#open(request), request, scope, this.#timeouts, {
        resolve,
        reject,
      }).start();
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #open(request: HttpRequest): http.ClientRequest {
    const { endpoint } = request;
    const options = {
      agent: endpoint.secure ? this.#secure : this.#plain,
      host: endpoint.hostname,
      port: endpoint.port,
      method: request.method,
      path: request.target,
      headers: headerList(request.headers),
    };
    try {
      return endpoint.secure ? https.request(options) : http.request(options);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      const message = `The request cannot be sent: ${(error as Error).message}`;
      throw new StorageError("InvalidArgument", message, {
        remedy: "Metadata names and header values must hold no control characters.",
        cause: error,
      });
    }
  }
}

/**
 * Headers as a list, which node writes out at once. Given as an object they are written by `end`,
 * which by then knows the length of the body, and with a length node takes a Content-Disposition
 * for Latin-1 text: other bytes would go out than were signed. For the same reason the length comes
 * last here.
 */
function headerList(headers: Readonly<Record<string, string>>): string[] {
  const { "content-length": length, ...others } = headers;
  const list = Object.entries(others).flat();
  if (length !== undefined) list.push("content-length", length);
  return list;
}

/** A host with several addresses fails with one error for each, and no text of its own. */
function messageOf(error: Error): string {
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : "")).join("; ");
}

interface Settle {
  resolve(answer: HttpAnswer): void;
  reject(error: unknown): void;
}

/** One request and its answer on one connection, from queueing to the first byte of the body. */
class Exchange {
  readonly #outgoing: http.ClientRequest;
  readonly #request: HttpRequest;
  readonly #scope: CallScope;
  readonly #timeouts: Timeouts;
  readonly #settle: Settle;
  readonly #releaseScope: () => void;
  #connectTimer: NodeJS.Timeout | undefined;
  #connected = false;
  #settled = false;
  #isWaitingForSource = false;
  /** Bytes of a body from a source that have not been sent yet. */
  #unsentBytes = 0;
  #interimAnswers = 0;
  #body: ResponseBody | undefined;

  constructor(
    outgoing: http.ClientRequest,
    request: HttpRequest,
    scope: CallScope,
    timeouts: Timeouts,
    settle: Settle,
  ) {
    this.#outgoing = outgoing;
    this.#request = request;
    this.#scope = scope;
    this.#timeouts = timeouts;
    this.#settle = settle;
    this.#releaseScope = scope.onCancel(() =>
      this.#fail(
        new TransportError("cancelled", "The call was stopped.", { sent: this.#connected }),
      ),
    );
  }

  start(): void {
    this.#outgoing.on("socket", (socket) => this.#watchConnecting(socket));
    this.#outgoing.on("timeout", () => this.#onSilence());
    this.#outgoing.on("information", () => this.#onInterimAnswer());
    this.#outgoing.on("response", (message) => this.#onResponse(message));
    this.#outgoing.on("error", (error) => this.#fail(this.#explain(error)));
    // Node ends some connections without an error, such as one that switches protocols.
    this.#outgoing.on("close", () => this.#fail(new TransportError("lost", "It was closed.")));
    this.#write().catch((error: unknown) => {
      this.#fail(error);
      // Nothing else would end the connection of a request that is answered already.
      this.#outgoing.destroy();
    });
  }

  async #write(): Promise<void> {
    const { body } = this.#request;
    if (body === undefined || body instanceof Uint8Array) {
      this.#outgoing.end(body);
      return;
    }
    this.#unsentBytes = body.lengthBytes;
    await writeBody(this.#outgoing, body, {
      isOver: () => this.#outgoing.destroyed || (this.#settled && this.#body === undefined),
      onSourceWait: (isWaiting) => {
        this.#isWaitingForSource = isWaiting;
      },
      onSent: (sizeBytes) => {
        this.#unsentBytes -= sizeBytes;
      },
    });
  }

  #watchConnecting(socket: Socket): void {
    // A connection used again still has the shorter time of the store's Keep-Alive hint.
    socket.setTimeout(this.#timeouts.idleTimeoutMs);
    if (!socket.connecting) {
      this.#connected = true;
      return;
    }
    this.#connectTimer = setTimeout(() => {
      const message = `No connection within ${this.#timeouts.connectTimeoutMs} ms.`;
      this.#fail(new TransportError("connect", message));
    }, this.#timeouts.connectTimeoutMs);
    socket.once(this.#request.endpoint.secure ? "secureConnect" : "connect", () => {
      this.#connected = true;
      clearTimeout(this.#connectTimer);
    });
  }

  /** Silence counts only while the store is to act: not while our source or our reader is slow. */
  #onSilence(): void {
    if (this.#isWaitingForSource || this.#body?.isWaitingForReader === true) {
      this.#outgoing.socket?.setTimeout(this.#timeouts.idleTimeoutMs);
      return;
    }
    const message = `Nothing moved on the connection for ${this.#timeouts.idleTimeoutMs} ms.`;
    const error = new TransportError(this.#connected ? "silent" : "connect", message);
    if (this.#body === undefined) this.#fail(error);
    else this.#body.fail(error);
    // A body that was given up and is being drained has nobody else to end it.
    this.#outgoing.destroy();
  }

  /** Answers such as `103 Early Hints` count as life on the connection, and could come for ever. */
  #onInterimAnswer(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= clientLimits.interimAnswers) return;
    const text = `It sent ${this.#interimAnswers} interim answers and no other.`;
    this.#fail(new TransportError("lost", text));
  }

  #onResponse(message: http.IncomingMessage): void {
    const status = message.statusCode ?? 0;
    if (status < 300 && this.#unsentBytes > 0) {
      const text = "The store called an upload done before it had all of it.";
      this.#fail(new TransportError("lost", text));
    }
    this.#body = new ResponseBody(message, this.#scope, () => this.#cutUnsentBody(status));
    if (this.#settled) {
      this.#body.discard();
      return;
    }
    this.#release();
    this.#settle.resolve({ status, headers: new AnswerHeaders(message.headers), body: this.#body });
  }

  /** A refusal may come before the whole body was sent; the rest would be sent in vain. */
  #cutUnsentBody(status: number): void {
    if (status < 300 || this.#outgoing.writableFinished) return;
    setImmediate(() => {
      if (!this.#outgoing.writableFinished) this.#outgoing.destroy();
    });
  }

  #explain(error: Error): TransportError {
    const code = errorCode(error);
    if (!this.#connected) {
      return new TransportError(isTlsCode(code) ? "tls" : "connect", messageOf(error), {
        cause: error,
      });
    }
    const isReset = code === "ECONNRESET" || code === "EPIPE";
    const isStale = isReset && this.#outgoing.reusedSocket;
    return new TransportError(isStale ? "stale" : "lost", error.message, { cause: error });
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#release();
    this.#settle.reject(error);
    this.#outgoing.destroy();
  }

  #release(): void {
    this.#settled = true;
    clearTimeout(this.#connectTimer);
    this.#releaseScope();
  }
}
