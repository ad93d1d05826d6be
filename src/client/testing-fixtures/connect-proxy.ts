import http from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Leads every tunnel to one port of this machine, or answers CONNECT with a status. */
export interface ConnectProxy {
  readonly origin: string;
  /** `host:port` of each CONNECT, and its Proxy-Authorization. */
  readonly asked: readonly { readonly authority: string; readonly authorization?: string }[];
  close(): Promise<void>;
}

export async function startConnectProxy(to: {
  readonly port?: number;
  readonly status?: number;
}): Promise<ConnectProxy> {
  const asked: { authority: string; authorization?: string }[] = [];
  const tunnels = new Set<Duplex>();
  const server = http.createServer((_request, response) => response.writeHead(400).end());
  server.on("connect", ({ url = "", headers }, socket) => {
    const authorization = headers["proxy-authorization"];
    asked.push({ authority: url, ...(authorization !== undefined && { authorization }) });
    socket.on("error", () => undefined);
    tunnels.add(socket);
    if (to.port === undefined) {
      socket.end(`HTTP/1.1 ${to.status ?? 502} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(to.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const tunnel of tunnels) tunnel.destroy();
      }),
  };
}
