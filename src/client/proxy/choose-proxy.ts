import { BlockList, isIP } from "node:net";
import { StorageError } from "../../core/errors.ts";

/** As the variables of the same names say it; undefined: not set. */
export interface ProxySettings {
  readonly httpsProxy?: string | undefined;
  readonly httpProxy?: string | undefined;
  /** Hosts that are asked directly: names, `.suffixes`, addresses, CIDR, with or without a port; `*`: all. */
  readonly noProxy?: string | undefined;
}

/** Where a connection is to lead in the end. */
export interface ProxyTarget {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
}

/** An HTTP proxy. */
export interface Proxy {
  /** Whether the proxy itself speaks TLS. */
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** `http://host:port`, without user and password. */
  readonly origin: string;
  /** `Basic ...` */
  readonly authorization: string | undefined;
}

/** The proxy for a target; undefined: none. Throws ConfigurationError for a proxy that cannot be used. */
export type ProxyChooser = (target: ProxyTarget) => Proxy | undefined;

/** This machine itself is never asked by way of a proxy, as Go's programs have it. */
export function chooseProxy(settings: ProxySettings): ProxyChooser {
  const isExcepted = exceptions(settings.noProxy ?? "");
  return (target) => {
    const text = target.secure ? settings.httpsProxy : settings.httpProxy;
    if (text === undefined || isLoopback(target.hostname) || isExcepted(target)) return undefined;
    return parseProxy(text, target.secure ? "HTTPS_PROXY" : "HTTP_PROXY");
  };
}

function parseProxy(text: string, variable: string): Proxy {
  const whole = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const secure = url?.protocol === "https:";
  if (url === undefined || url.hostname === "" || !(secure || url.protocol === "http:")) {
    throw new StorageError("ConfigurationError", `${variable} names no HTTP proxy.`, {
      remedy:
        "Write http://host:port, or https:// when the proxy itself speaks TLS. SOCKS is not spoken " +
        "here; name the store's host in NO_PROXY to reach it directly.",
    });
  }
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const keys = Buffer.from(`${user}:${password}`).toString("base64");
  return {
    secure,
    hostname: bareHost(url.hostname),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    origin: url.origin,
    authorization: url.username === "" ? undefined : `Basic ${keys}`,
  };
}

/** What curl, Go and Python take in NO_PROXY. */
function exceptions(text: string): (target: ProxyTarget) => boolean {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  if (entries.includes("*")) return () => true;
  const rules = entries.map(exception);
  return (target) => {
    const host = bareHost(target.hostname).toLowerCase();
    return rules.some((matches) => matches(host, target.port));
  };
}

type Exception = (host: string, port: number) => boolean;

function exception(entry: string): Exception {
  const [, bracketed, plain = "", portText] = /^(?:\[(.+)\]|([^:]*(?:::?.*:.*)?))(?::(\d+))?$/.exec(
    entry,
  ) ?? [undefined, undefined, entry, undefined];
  const name = (bracketed ?? plain).toLowerCase();
  const port = portText === undefined ? undefined : Number(portText);
  const [, address, bits] = /^(.+)\/(\d{1,3})$/.exec(name) ?? [];
  if (address !== undefined && isIP(address) > 0) return inSubnet(address, Number(bits));
  const suffix = name.replace(/^\*?\.?/, "");
  return (host, itsPort) =>
    (port === undefined || port === itsPort) && (host === suffix || host.endsWith(`.${suffix}`));
}

function inSubnet(address: string, bits: number): Exception {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const subnet = new BlockList();
  if (bits > (family === "ipv6" ? 128 : 32)) return () => false;
  subnet.addSubnet(address, bits, family);
  return (host) => isIP(host) > 0 && subnet.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}

function isLoopback(hostname: string): boolean {
  const host = bareHost(hostname).toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
