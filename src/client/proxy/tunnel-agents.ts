import http from "node:http";
import https from "node:https";
import tls, { type ConnectionOptions } from "node:tls";
import type { Duplex } from "node:stream";
import type { ProxyChooser } from "./choose-proxy.ts";
import { openTunnel } from "./open-tunnel.ts";

type Made = (error: Error | null, stream: Duplex) => void;
type Connect<Options> = (options: Options, made: Made) => Duplex | null | undefined;

/** What Node documents of its agents (`agent.createConnection`) and its types leave out. */
const connectPlainly = (
  http.Agent.prototype as unknown as { createConnection: Connect<http.ClientRequestArgs> }
).createConnection;
const connectSecurely = (
  https.Agent.prototype as unknown as { createConnection: Connect<https.RequestOptions> }
).createConnection;

/** Of what Node gives an agent; its own types name it differently for the two kinds. */
interface Destination {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

/** Keeps connections as its base does, and leads those through a proxy that are to go there. */
export class TunnelHttpAgent extends http.Agent {
  readonly #choose: ProxyChooser;

  constructor(options: http.AgentOptions, choose: ProxyChooser) {
    super(options);
    this.#choose = choose;
  }

  createConnection(options: http.ClientRequestArgs, made: Made): Duplex | null | undefined {
    return tunnelled(this.#choose, false, options, made, {
      directly: () => connectPlainly.call(this, options, made),
      within: (socket) => made(null, socket),
    });
  }
}

/** As `TunnelHttpAgent`, with TLS to the host behind the proxy. */
export class TunnelHttpsAgent extends https.Agent {
  readonly #choose: ProxyChooser;

  constructor(options: https.AgentOptions, choose: ProxyChooser) {
    super(options);
    this.#choose = choose;
  }

  createConnection(options: https.RequestOptions, made: Made): Duplex | null | undefined {
    return tunnelled(this.#choose, true, options, made, {
      directly: () => connectSecurely.call(this, options, made),
      within: (socket) => {
        const secured = tls.connect({ ...(options as ConnectionOptions), socket });
        const fail = (error: Error): void => made(error, secured);
        secured.once("error", fail);
        secured.once("secureConnect", () => {
          secured.off("error", fail);
          made(null, secured);
        });
      },
    });
  }
}

function tunnelled(
  choose: ProxyChooser,
  secure: boolean,
  { host, port }: Destination,
  made: Made,
  ways: {
    readonly directly: () => Duplex | null | undefined;
    readonly within: (socket: Duplex) => void;
  },
): Duplex | null | undefined {
  const target = {
    secure,
    hostname: host ?? "localhost",
    port: Number(port ?? (secure ? 443 : 80)),
  };
  const proxy = choose(target);
  if (proxy === undefined) return ways.directly();
  // Node reads no stream beside an error, although its types want one.
  openTunnel(proxy, target).then(ways.within, (error: Error) => made(error, undefined as never));
  return undefined;
}
