import { describe, expect, it } from "vitest";
import { chooseProxy, type ProxySettings } from "./choose-proxy.ts";

const both = { httpsProxy: "http://secure:3128", httpProxy: "plain" };

function chosen(settings: ProxySettings, url: string): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === "https:";
  return chooseProxy(settings)({
    secure,
    hostname,
    port: port === "" ? (secure ? 443 : 80) : Number(port),
  })?.origin;
}

describe("chooseProxy", () => {
  it.each([
    ["https://store.example", "http://secure:3128"],
    ["http://store.example", "http://plain"],
    // This machine is never asked by way of another.
    ["http://127.0.0.1:9000", undefined],
    ["https://localhost:9000", undefined],
    ["http://[::1]:9000", undefined],
    ["http://127.store.example", "http://plain"],
  ])("%s goes by %s", (url, origin) => {
    expect(chosen(both, url)).toBe(origin);
  });

  it("is none where nothing is set", () => {
    expect(chosen({}, "https://store.example")).toBeUndefined();
    expect(chosen({ httpProxy: "http://p" }, "https://store.example")).toBeUndefined();
  });

  it.each([
    ["*", "https://store.example", true],
    ["store.example", "https://store.example", true],
    ["example", "https://store.example", true],
    [".example", "https://store.example", true],
    ["*.example", "https://store.example", true],
    ["STORE.Example", "https://store.example", true],
    ["ore.example", "https://store.example", false],
    ["other, store.example:443", "https://store.example", true],
    ["store.example:444", "https://store.example", false],
    ["10.0.0.7", "https://10.0.0.7:9000", true],
    ["10.0.0.0/8", "https://10.200.0.7:9000", true],
    ["10.0.0.0/8", "https://11.0.0.7", false],
    ["10.0.0.0/8", "https://store.example", false],
    ["10.0.0.0/99", "https://10.0.0.7", false],
    ["[fd00::7]", "https://[fd00::7]:9000", true],
    ["fd00::/8", "https://[fd12::7]", true],
    ["", "https://store.example", false],
  ])("NO_PROXY=%s excepts %s: %s", (noProxy, url, excepted) => {
    expect(chosen({ ...both, noProxy }, url) === undefined).toBe(excepted);
  });

  it("takes user and password out of the address", () => {
    const proxy = chooseProxy({ httpsProxy: "http://me:p%40ss@proxy:8080" })({
      secure: true,
      hostname: "store.example",
      port: 443,
    });
    expect(proxy).toMatchObject({ hostname: "proxy", port: 8080, origin: "http://proxy:8080" });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });

  it.each(["socks5://proxy:1080", "http://", "::"])(
    "refuses %s, and says so without it",
    (text) => {
      expect(() => chosen({ httpsProxy: text }, "https://store.example")).toThrow(
        expect.objectContaining({
          code: "ConfigurationError",
          message: "HTTPS_PROXY names no HTTP proxy.",
        }),
      );
    },
  );
});
