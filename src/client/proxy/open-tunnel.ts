import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { clientLimits } from "../../core/limits.ts";
import type { Proxy, ProxyTarget } from "./choose-proxy.ts";

/** `ERR_PROXY_UNREACHABLE`, `ERR_PROXY_DENIED` or `ERR_PROXY_FAILED`. */
class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A connection through a proxy to a host behind it (CONNECT). Rejects with ProxyError. */
export function openTunnel(proxy: Proxy, target: ProxyTarget): Promise<Socket> {
  const name = target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname;
  const authority = `${name}:${target.port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.secure ? https : http).request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: authority,
      headers: {
        host: authority,
        ...(proxy.authorization !== undefined && { "proxy-authorization": proxy.authorization }),
      },
      agent: false,
      timeout: clientLimits.connectTimeoutMs,
    });
    const unreachable = (cause: unknown): void => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `The proxy ${proxy.origin} cannot be reached: ${reason}`;
      reject(new ProxyError("ERR_PROXY_UNREACHABLE", message, cause));
    };
    const refused = (status = 0): void => {
      const message = `The proxy ${proxy.origin} leads to no ${authority}: it answers ${status}.`;
      const isDenial = status >= 400 && status < 500;
      reject(new ProxyError(isDenial ? "ERR_PROXY_DENIED" : "ERR_PROXY_FAILED", message));
      request.destroy();
    };
    request.once("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        refused(statusCode);
        socket.destroy();
        return;
      }
      socket.setTimeout(0);
      resolve(socket);
    });
    request.once("response", ({ statusCode }) => refused(statusCode));
    request.once("timeout", () => {
      unreachable(`no answer within ${clientLimits.connectTimeoutMs} ms`);
      request.destroy();
    });
    request.once("error", unreachable);
    request.end();
  });
}
