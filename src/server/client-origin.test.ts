import { describe, expect, test } from "vitest";
import { clientOrigin, parseTrustedProxies } from "./client-origin.ts";

const trusted = parseTrustedProxies(["10.0.0.0/8", "::1", "fd00::/8"]);

function origin(remoteAddress: string, headers: Record<string, string>, encrypted = false) {
  return clientOrigin({ remoteAddress, encrypted }, new Map(Object.entries(headers)), trusted);
}

describe("from a peer that is no trusted proxy", () => {
  test.each([
    { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https" },
    { forwarded: "for=192.0.2.9;proto=https" },
    // Nor is it anybody's fault when they differ.
    { forwarded: "for=192.0.2.9;proto=http", "x-forwarded-proto": "https" },
  ])("%j counts for nothing", (headers) => {
    const isRelayed = true;
    expect(origin("198.51.100.1", headers)).toEqual({
      address: "198.51.100.1",
      secure: false,
      isRelayed,
    });
  });

  test("its own TLS counts", () => {
    expect(origin("::ffff:198.51.100.1", {}, true)).toEqual({
      address: "198.51.100.1",
      secure: true,
    });
  });
});

describe("from a trusted proxy", () => {
  test.each([
    [{}, "10.0.0.1", false],
    [{ "x-forwarded-proto": "https" }, "10.0.0.1", true],
    [{ "x-forwarded-proto": "HTTPS", "x-forwarded-for": "192.0.2.9" }, "192.0.2.9", true],
    [{ "x-forwarded-for": "192.0.2.9" }, "192.0.2.9", false],
    [{ "x-forwarded-proto": "http", "x-forwarded-for": "192.0.2.9:4711" }, "192.0.2.9", false],
    // What the client made up stands before what the proxy saw.
    [
      { "x-forwarded-for": "127.0.0.1, 192.0.2.9", "x-forwarded-proto": "https" },
      "192.0.2.9",
      true,
    ],
    // Two proxies, both trusted; the outer one ended TLS.
    [{ "x-forwarded-for": "192.0.2.9, 10.1.1.1", "x-forwarded-proto": "https" }, "192.0.2.9", true],
    [
      { "x-forwarded-for": "192.0.2.9, 10.1.1.1", "x-forwarded-proto": "https, http" },
      "192.0.2.9",
      true,
    ],
    [{ "x-forwarded-for": "nonsense", "x-forwarded-proto": "https" }, "10.0.0.1", true],
    [{ forwarded: 'for="[2001:db8::7]:4711";proto=https' }, "2001:db8::7", true],
    [{ forwarded: "for=1.1.1.1;proto=https, for=192.0.2.9;proto=http" }, "192.0.2.9", false],
    [{ forwarded: "for=_hidden;proto=https" }, "10.0.0.1", true],
    // What stands before an address that is not told is nobody's word.
    [{ forwarded: "for=127.0.0.1;proto=https, for=_hidden;proto=http" }, "10.0.0.1", false],
    [{ "x-forwarded-for": "127.0.0.1, unknown" }, "10.0.0.1", false],
    [
      {
        forwarded: "for=192.0.2.9;proto=https",
        "x-forwarded-for": "192.0.2.9",
        "x-forwarded-proto": "https",
      },
      "192.0.2.9",
      true,
    ],
  ])("%j", (headers, address, secure) => {
    expect(origin("10.0.0.1", headers)).toEqual({ address, secure });
  });

  test("its own TLS to us says nothing of the client's", () => {
    const headers = { "x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "http" };
    expect(origin("10.0.0.1", headers, true)).toEqual({ address: "192.0.2.9", secure: false });
  });

  test("two kinds of headers that differ are refused: one of them is the client's", () => {
    const headers = { forwarded: "for=1.1.1.1;proto=https", "x-forwarded-for": "192.0.2.9" };
    expect(() => origin("::1", headers)).toThrow("has to set one kind");
  });
});

test.each([
  "10.0.0.0/33",
  "10.0.0/8",
  "proxy",
  "10.0.0.0/8/8",
  "::1/129",
  "10.0.0.0/",
  "1.1.1.1/-1",
])("%s is no network", (network) => {
  expect(() => parseTrustedProxies([network])).toThrow("is no network of proxies");
});

test("the version of TLS is told of the client's own connection, not of a proxy's", () => {
  const peer = { remoteAddress: "192.0.2.1", encrypted: true, getProtocol: () => "TLSv1.3" };
  expect(clientOrigin(peer, new Map(), trusted)).toMatchObject({ tlsVersion: "1.3" });
  const proxy = { ...peer, remoteAddress: "10.0.0.1" };
  const headers = new Map([["x-forwarded-proto", "https"]]);
  expect(clientOrigin(proxy, headers, trusted)).not.toHaveProperty("tlsVersion");
  const plain = { remoteAddress: "192.0.2.1" };
  expect(clientOrigin(plain, new Map(), trusted)).not.toHaveProperty("tlsVersion");
});
