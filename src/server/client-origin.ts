import { BlockList, isIP } from "node:net";
import { StorageError } from "../core/errors.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { VpcEndpoint } from "./world/vpc-endpoints.ts";

/** Where a request comes from, as policies and logs see it. */
export interface ClientOrigin {
  /** IPv4 or IPv6, without brackets; undefined when the connection is gone. */
  readonly address: string | undefined;
  /** Whether it left the client over TLS. */
  readonly secure: boolean;
  /** `1.2`, `1.3`; undefined without TLS, and where a proxy ends it, which does not tell. */
  readonly tlsVersion?: string;
  /** The endpoint in a VPC that it came through. */
  readonly endpoint?: VpcEndpoint;
  /** A proxy whose word does not count has passed it on: the address is the proxy's. */
  readonly isRelayed?: true;
}

/** The peer of a connection. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean;
  /** Of a socket with TLS: `TLSv1.3`. */
  getProtocol?(): string | null;
}

/** Whose word about a request's origin counts. */
export interface TrustedProxies {
  has(address: string): boolean;
}

/** Addresses and networks, as `10.0.0.0/8`, `::1`. Throws StorageError ConfigurationError. */
export function parseTrustedProxies(networks: readonly string[]): TrustedProxies {
  // Asked by every request, and a list is slow to say no.
  if (networks.length === 0) return { has: () => false };
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return { has: (address) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4") };
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", length, ...rest] = network.split("/");
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(length ?? "0") || bits > most) {
    throw new StorageError("ConfigurationError", `${network} is no network of proxies.`, {
      remedy:
        "Give an address or a network in CIDR form, such as 10.0.0.0/8, 192.0.2.7 or fd00::/8.",
    });
  }
  list.addSubnet(address, bits, version === 6 ? "ipv6" : "ipv4");
}

/**
 * Where a request comes from: the peer, or what trusted proxies say of it in `X-Forwarded-For` and
 * `X-Forwarded-Proto`, or in `Forwarded` (RFC 7239). From other peers these headers are anybody's
 * words and count for nothing. Throws S3Error BadRequest when a proxy passes on both kinds and they
 * differ: one of them is then its client's own.
 */
export function clientOrigin(
  peer: Peer,
  headers: ReadonlyMap<string, string>,
  trusted: TrustedProxies,
): ClientOrigin {
  const address = plainAddress(peer.remoteAddress ?? "");
  const direct: Hop = { address, secure: peer.encrypted === true };
  if (address === "" || !trusted.has(address)) {
    const isRelayed = relayHeaders.some((name) => headers.has(name));
    const origin = peer.encrypted === true ? withTlsVersion(direct, peer) : originOf(direct);
    return isRelayed ? { ...origin, isRelayed } : origin;
  }
  const told = [xForwarded(headers), forwarded(headers)].filter((hops) => hops.length > 0);
  const [first, second] = told.map((hops) => outermost(direct, hops, trusted));
  if (first === undefined) return originOf(direct);
  if (
    second !== undefined &&
    (first.address !== second.address || first.secure !== second.secure)
  ) {
    throw new S3Error("BadRequest", {
      message:
        "The proxy passes on both Forwarded and X-Forwarded headers, and they differ. It has to set one " +
        "kind and to remove the other.",
    });
  }
  return originOf(first);
}

function withTlsVersion(direct: Hop, peer: Peer): ClientOrigin {
  const origin = originOf(direct);
  const version = /^TLSv([\d.]+)$/.exec(peer.getProtocol?.() ?? "")?.[1];
  return version === undefined ? origin : { ...origin, tlsVersion: version };
}

/** What proxies add to what they pass on. */
const relayHeaders = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];

/**
 * Whether it was sent from this machine itself. What a proxy here passes on is not, though the proxy is
 * the peer: without `--trusted-proxy` nobody knows who its client is.
 */
export function isFromThisMachine({ address, isRelayed }: ClientOrigin): boolean {
  return isRelayed !== true && isLoopback(address);
}

/** As `net` tells the address of a peer on this machine. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

interface Hop {
  /** Undefined: not told. */
  readonly address: string | undefined;
  readonly secure: boolean | undefined;
}

function originOf({ address, secure }: Hop): ClientOrigin {
  return { address: address === "" ? undefined : address, secure: secure === true };
}

/** Goes back from the peer for as long as the word of a trusted proxy is had. */
function outermost(direct: Hop, hops: readonly Hop[], trusted: TrustedProxies): Hop {
  let found = direct;
  for (const hop of hops.toReversed()) {
    if (found.address === undefined || !trusted.has(found.address)) break;
    found = { address: hop.address ?? found.address, secure: hop.secure === true };
    if (hop.address === undefined) break;
  }
  return found;
}

/** One hop for each address; of the schemes there may be fewer, since many proxies pass them on. */
function xForwarded(headers: ReadonlyMap<string, string>): Hop[] {
  const addresses = listOf(headers.get("x-forwarded-for")).map(hopAddress);
  const schemes = listOf(headers.get("x-forwarded-proto")).map((scheme) => /^https$/i.test(scheme));
  if (addresses.length === 0 && schemes.length === 0) return [];
  if (addresses.length === 0) return [{ address: undefined, secure: schemes.at(-1) }];
  const missing = addresses.length - schemes.length;
  return addresses.map((address, index) => ({
    address,
    secure: schemes[Math.max(0, index - missing)],
  }));
}

function forwarded(headers: ReadonlyMap<string, string>): Hop[] {
  return listOf(headers.get("forwarded")).map((element) => {
    const pairs = new Map(
      element.split(";").map((pair) => {
        const [name = "", value = ""] = pair.split("=", 2);
        return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")] as const;
      }),
    );
    const scheme = pairs.get("proto");
    return {
      address: hopAddress(pairs.get("for") ?? ""),
      secure: scheme === undefined ? undefined : /^https$/i.test(scheme),
    };
  });
}

function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; undefined for all else. */
function hopAddress(text: string): string | undefined {
  const inner = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text;
  const address = plainAddress(/^[^:]+:\d+$/.test(inner) ? inner.replace(/:\d+$/, "") : inner);
  return isIP(address) === 0 ? undefined : address;
}

/** IPv4 that came in on a socket for IPv6 is IPv4; a link's zone is no part of an address. */
function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}
