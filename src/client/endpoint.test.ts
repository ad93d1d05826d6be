import { describe, expect, it } from "vitest";
import { resolveEndpoint } from "./endpoint.ts";

const base = { region: "us-east-1", bucket: "bkt", addressing: "virtual-hosted" } as const;

describe("resolveEndpoint", () => {
  it.each([
    ["us-east-1", "bkt.s3.us-east-1.amazonaws.com"],
    ["us-gov-west-1", "bkt.s3.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "bkt.s3.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "bkt.s3.eusc-de-east-1.amazonaws.eu"],
  ])("of AWS in %s", (region, host) => {
    expect(resolveEndpoint({ ...base, region })).toEqual({
      secure: true,
      hostname: host,
      port: 443,
      host,
      keyBase: "/",
      addressing: "virtual-hosted",
    });
  });

  it("puts names with dots into the path, where certificates do not reach", () => {
    expect(resolveEndpoint({ ...base, bucket: "a.b" })).toMatchObject({
      host: "s3.us-east-1.amazonaws.com",
      keyBase: "/a.b/",
      addressing: "path",
    });
  });

  it.each([
    ["http://127.0.0.1:9000", "127.0.0.1", "127.0.0.1:9000", 9000, "/bkt/"],
    ["http://[::1]:9000/", "::1", "[::1]:9000", 9000, "/bkt/"],
    ["https://store.example/base/", "store.example", "store.example", 443, "/base/bkt/"],
    ["HTTPS://Store.Example:443/Base//", "store.example", "store.example", 443, "/Base/bkt/"],
    ["http://localhost", "localhost", "localhost", 80, "/bkt/"],
  ])("%s", (endpoint, hostname, host, port, keyBase) => {
    const resolved = resolveEndpoint({ ...base, addressing: "path", endpoint });
    expect(resolved).toMatchObject({ hostname, host, port, keyBase });
  });

  it.each([
    ["http://127.0.0.1:9000", "bkt"],
    ["http://[::1]:9000", "bkt"],
    ["https://store.example", "with.dots"],
    ["https://store.example", "UpperCase"],
    ["https://store.example", "under_score"],
  ])("asks %s for %s in the path, whatever was wished for", (endpoint, bucket) => {
    expect(resolveEndpoint({ ...base, endpoint, bucket }).keyBase).toBe(`/${bucket}/`);
  });

  it("takes no keys in the address, and does not repeat them", () => {
    const endpoint = "https://someone:sesame@store.example";
    expect(() => resolveEndpoint({ ...base, endpoint })).toThrow(/^The endpoint store\.example/);
  });

  it("keeps the port in a virtual host", () => {
    const endpoint = "http://s3.example:9000";
    expect(resolveEndpoint({ ...base, endpoint })).toMatchObject({
      hostname: "bkt.s3.example",
      host: "bkt.s3.example:9000",
      keyBase: "/",
    });
  });

  it.each(["example.org:9000", "ftp://x", "", "http://x/?a=b"])("refuses %j", (endpoint) => {
    expect(() => resolveEndpoint({ ...base, endpoint })).toThrow(/not an http\(s\) URL/);
  });
});
