import { TLSSocket } from "node:tls";
import type { HttpExchange } from "../http-exchange.ts";

export interface TlsFacts {
  /** `TLSv1.3` */
  readonly protocol: string | undefined;
  /** `TLS_AES_128_GCM_SHA256` */
  readonly cipherSuite: string | undefined;
}

/** How the connection of a request is protected; nothing of plain HTTP, and of one that is gone. */
export function tlsOf({ socket }: HttpExchange): TlsFacts {
  if (!(socket instanceof TLSSocket) || socket.destroyed) {
    return { protocol: undefined, cipherSuite: undefined };
  }
  const { standardName } = socket.getCipher();
  return { protocol: socket.getProtocol() ?? undefined, cipherSuite: standardName };
}
