import net, { isIP, type Socket } from "node:net";
import tls from "node:tls";
import type { Endpoint } from "../endpoint.ts";
import { openTunnel } from "../proxy/open-tunnel.ts";
import type { ProxyChooser } from "../proxy/choose-proxy.ts";
import { errorCode, isTlsCode, TransportError } from "../transport-error.ts";
import type { Connection } from "./connection.ts";

interface StoreTrust {
  /** Beside the authorities that Node trusts. */
  readonly ca: string | Buffer | undefined;
  readonly rejectUnauthorized: boolean;
}

/** How connections are made. */
export interface ConnectOptions {
  readonly tls: StoreTrust;
  readonly chooseProxy: ProxyChooser;
  readonly connectTimeoutMs: number;
  /** Sessions of TLS by host and port, which spare the next handshake its costly half. */
  readonly sessions: Map<string, Buffer>;
}

interface Outcome {
  opened(): void;
  failed(error: TransportError): void;
}

/**
 * Opens a connection to the host of an endpoint, through a proxy where one is to be used. The answer
 * gives it up, and says whether there was anything to give up. Throws ConfigurationError for a proxy
 * that cannot be used.
 */
export function openConnection(
  connection: Connection,
  endpoint: Endpoint,
  options: ConnectOptions,
  outcome: Outcome,
): () => boolean {
  const { secure, hostname, port } = endpoint;
  const { connectTimeoutMs } = options;
  const proxy = options.chooseProxy({ secure, hostname, port });
  let socket: Socket | undefined;
  let isOver = false;
  const settle = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    tell();
  };
  const fail = (error: Error): void =>
    settle(() => {
      socket?.destroy();
      outcome.failed(asTransportError(error));
    });
  const timer = setTimeout(() => {
    fail(new TransportError("connect", `No connection within ${connectTimeoutMs} ms.`));
  }, connectTimeoutMs);
  const watch = (made: Socket, hasOnread: boolean): void => {
    socket = made;
    if (isOver) {
      made.on("error", () => undefined).destroy();
      return;
    }
    const opened = (): void =>
      settle(() => {
        connection.open(made, { hasOnread });
        outcome.opened();
      });
    made.on("error", fail);
    made.on("close", () => fail(new TransportError("connect", "It was closed.")));
    if (secure) made.once("secureConnect", opened);
    else if (made.connecting) made.once("connect", opened);
    else opened();
  };
  if (proxy === undefined) {
    const direct = { host: hostname, port, onread: connection.onread, ...socketOptions };
    watch(secure ? secureSocket(endpoint, direct, options) : net.connect(direct), true);
  } else {
    openTunnel(proxy, { secure, hostname, port }).then(
      (raw) => watch(secure ? secureSocket(endpoint, { socket: raw }, options) : raw, false),
      fail,
    );
  }
  return () => {
    if (isOver) return false;
    settle(() => socket?.destroy());
    return true;
  };
}

/** As node:http sets them for its own. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 };

function secureSocket(
  { hostname, port }: Endpoint,
  to: tls.ConnectionOptions,
  options: ConnectOptions,
): tls.TLSSocket {
  const name = `${hostname}:${port}`;
  const session = options.sessions.get(name);
  const socket = tls.connect({
    ...to,
    secureContext: contextFor(options.tls),
    rejectUnauthorized: options.tls.rejectUnauthorized,
    // Whom the certificate has to name; no address is sent as a server's name.
    host: hostname,
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ALPNProtocols: ["http/1.1"],
    ...(session !== undefined && { session }),
  });
  socket.on("session", (fresh) => options.sessions.set(name, fresh));
  return socket;
}

const contexts = new WeakMap<StoreTrust, tls.SecureContext>();

/** Made once: to read the hundred authorities for each connection took longer than the handshake. */
function contextFor(trust: StoreTrust): tls.SecureContext {
  const known = contexts.get(trust);
  if (known !== undefined) return known;
  const { ca } = trust;
  // `ca` replaces Node's own list.
  const made = tls.createSecureContext(
    ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] },
  );
  contexts.set(trust, made);
  return made;
}

function asTransportError(error: Error): TransportError {
  if (error instanceof TransportError) return error;
  const failure = isTlsCode(errorCode(error)) ? "tls" : "connect";
  return new TransportError(failure, messageOf(error), { cause: error });
}

/** A host with several addresses fails with one error for each, and no text of its own. */
function messageOf(error: Error): string {
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : "")).join("; ");
}
