import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CorsConfiguration, CorsRule } from "../core/bucket-settings.ts";
import { corsConfiguration } from "../protocol/documents/cors-configuration.ts";
import { checksumBase64 } from "../protocol/testing-fixtures/checksum-base64.ts";
import { renderXml } from "../protocol/xml/render.ts";
import { crossOriginHeaders } from "./cross-origin.ts";
import { keys, TestServer, type WireRequest } from "./testing-fixtures/test-server.ts";

function allowedOrigin(rule: Partial<CorsRule>, origin: string, requestHeaders?: string) {
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"], ...rule }];
  const headers = crossOriginHeaders({ CORSRules }, { origin, method: "GET", requestHeaders });
  return headers?.["access-control-allow-origin"];
}

describe("which origins a pattern takes", () => {
  test.each<[string, string, boolean]>([
    ["https://a.example", "https://a.example", true],
    ["https://a.example", "https://a.example:443", false],
    ["https://a.example", "http://a.example", false],
    ["https://a.example", "https://a.example.evil", false],
    ["https://a.example", "https://A.example", false],
    ["https://*.a.example", "https://b.c.a.example", true],
    ["https://*.a.example", "https://a.example", false],
    ["https://*.a.example", "https://evil/x.a.example:1", false],
    ["http://localhost:*", "http://localhost:5173", true],
    ["start*end", "startend", true],
    ["aba*aba", "aba", false],
    ["*suffix", "suffix", true],
    ["", "https://a.example", false],
    ["*", "null", true],
  ])("%s: %s is %s", (pattern, origin, fits) => {
    const answer = allowedOrigin({ AllowedOrigins: ["https://other.example", pattern] }, origin);
    const told = pattern === "*" ? "*" : origin;
    expect(answer).toBe(fits ? told : undefined);
  });
});

describe("which headers a preflight may ask for", () => {
  test.each<[string | undefined, readonly string[] | undefined, boolean]>([
    [undefined, undefined, true],
    [" , ", undefined, true],
    ["x-a", undefined, false],
    ["x-a", ["*"], true],
    ["X-A,x-b", ["x-B", "x-a"], true],
    ["x-a, x-c", ["x-b", "x-a"], false],
    ["x-amz-date,x-amz-content-sha256", ["X-Amz-*"], true],
    ["x-amz-date,content-type", ["X-Amz-*"], false],
  ])("%s of %j: %s", (asked, AllowedHeaders, fits) => {
    const rule = AllowedHeaders === undefined ? {} : { AllowedHeaders };
    expect(allowedOrigin(rule, "null", asked)).toBe(fits ? "*" : undefined);
  });

  test("no browser asks for as many as there cannot be in a request", () => {
    const names = Array.from({ length: 601 }, (_, at) => `x-${at}`);
    expect(allowedOrigin({ AllowedHeaders: ["*"] }, "null", names.join())).toBeUndefined();
    expect(allowedOrigin({ AllowedHeaders: ["*"] }, "null", names.slice(1).join())).toBe("*");
  });
});

test("the first rule that fits as a whole counts", () => {
  const rules: CorsConfiguration = {
    CORSRules: [
      { AllowedMethods: ["PUT"], AllowedOrigins: ["*"], MaxAgeSeconds: 1 },
      { AllowedMethods: ["GET"], AllowedOrigins: ["https://a"], MaxAgeSeconds: 2 },
      { AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["https://*"], ExposeHeaders: ["ETag"] },
      { AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["https://*"], MaxAgeSeconds: 4 },
    ],
  };
  expect(crossOriginHeaders(rules, { origin: "https://b", method: "GET" })).toEqual({
    "access-control-allow-origin": "https://b",
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "ETag",
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  });
  expect(crossOriginHeaders(rules, { origin: "https://b", method: "DELETE" })).toBeUndefined();
});

describe("over a port", () => {
  let server: TestServer;
  const Origin = "https://app.example";

  beforeAll(async () => {
    server = await TestServer.start({ virtualHostDomains: ["s3.test"] });
    await server.send({ method: "PUT", path: "/bkt" });
    await server.send({ method: "PUT", path: "/bkt/k", body: "x" });
  });
  afterAll(() => server.close());
  beforeEach(() => putRules([{ AllowedMethods: ["GET", "PUT"], AllowedOrigins: [Origin] }]));

  async function putRules(CORSRules: readonly CorsRule[]) {
    await server.server.engine.updateBucketSettings("bkt", (settings) => ({
      ...settings,
      cors: { CORSRules },
    }));
  }

  /** Sends it for a page of that origin. */
  async function ask(wire: WireRequest) {
    const answer = await server.send({ ...wire, headers: { origin: Origin, ...wire.headers } });
    const { status, headers, code } = answer;
    return { status, code, shared: headers["access-control-allow-origin"], vary: headers["vary"] };
  }

  const vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
  const shared = { shared: Origin, vary };
  const unshared = { shared: undefined, vary: undefined };

  test("errors are shared as well, whoever asks: the page must be able to read them", async () => {
    expect(await ask({ path: "/bkt/k" })).toMatchObject({ status: 200, ...shared });
    expect(await ask({ path: "/bkt/none" })).toMatchObject({ code: "NoSuchKey", ...shared });
    const wrong = { ...keys.admin, secretAccessKey: "x" };
    expect(await ask({ path: "/bkt/k", credentials: wrong })).toMatchObject({
      code: "SignatureDoesNotMatch",
      ...shared,
    });
    expect(await ask({ path: "/bkt/k", credentials: null })).toMatchObject({
      code: "AccessDenied",
      ...shared,
    });
    const etag = (await server.send({ path: "/bkt/k" })).headers["etag"] ?? "";
    expect(await ask({ path: "/bkt/k", headers: { "if-none-match": etag } })).toMatchObject({
      status: 304,
      ...shared,
    });
  });

  test("CORS lets nobody do anything, and refuses nothing but preflights", async () => {
    const put = { method: "PUT", path: "/bkt/other", body: "x", credentials: null };
    expect(await ask(put)).toMatchObject({ code: "AccessDenied", ...shared });
    expect(await ask({ method: "DELETE", path: "/bkt/k2" })).toMatchObject({
      status: 204,
      ...unshared,
    });
    const elsewhere = { origin: "https://evil.example" };
    expect(await ask({ path: "/bkt/k", headers: elsewhere })).toMatchObject({
      status: 200,
      ...unshared,
    });
  });

  test("a bucket without rules, no bucket and other services share nothing", async () => {
    await server.send({ method: "PUT", path: "/plain" });
    expect(await ask({ path: "/plain" })).toMatchObject({ status: 200, ...unshared });
    expect(await ask({ path: "/" })).toMatchObject({ status: 200, ...unshared });
    expect(await ask({ path: "/none" })).toMatchObject({ code: "NoSuchBucket", ...unshared });
  });

  test("the request that deletes the rules is answered by them", async () => {
    await putRules([{ AllowedMethods: ["DELETE"], AllowedOrigins: [Origin] }]);
    const deleted = { method: "DELETE", path: "/bkt", query: "cors" };
    expect(await ask(deleted)).toMatchObject({ status: 204, ...shared });
    expect(await ask(deleted)).toMatchObject({ status: 204, ...unshared });
  });

  describe("a preflight", () => {
    const preflight = { method: "OPTIONS", credentials: null };
    const put = { "access-control-request-method": "PUT" };

    test("goes by the link of the request to come, whose signature it does not prove", async () => {
      const query = server.presign({ method: "PUT", path: "/bkt/k" });
      const forged = query.replace(/Signature=\w+/, "Signature=00");
      const expired = query.replace(/X-Amz-Date=\d+/, "X-Amz-Date=20200101");
      for (const link of [query, forged, expired, "X-Amz-Algorithm=x&AWSAccessKeyId=&Signature="]) {
        const wire = { ...preflight, path: "/bkt/k", query: link, headers: put };
        expect(await ask(wire)).toMatchObject({ status: 200, ...shared });
      }
    });

    test("goes by the bucket in the host", async () => {
      const wire = { ...preflight, path: "/k", headers: { host: "bkt.s3.test", ...put } };
      expect(await ask(wire)).toMatchObject({ status: 200, ...shared });
    });

    test.each<[string, Record<string, string>, number, string]>([
      ["no method", {}, 400, "Invalid Access-Control-Request-Method: null"],
      ["another method", { "access-control-request-method": "PATCH" }, 400, "Method: PATCH"],
      ["no origin", { ...put, origin: "" }, 400, "Origin request header needed."],
      ["an origin of none", { ...put, origin: "https://b" }, 403, "<ResourceType>OBJECT<"],
      ["a header", { ...put, "access-control-request-headers": "x" }, 403, "<Method>PUT</Method>"],
    ])("with %s is refused, and the refusal not shared", async (_, headers, status, text) => {
      const wire = { ...preflight, path: "/bkt/k", headers: { origin: Origin, ...headers } };
      const answer = await server.send(wire);
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(text);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    });
  });

  test.each<[string, CorsConfiguration, string]>([
    ["more rules than 100", { CORSRules: repeated(101, {}) }, "allowed limit of 100 rules."],
    [
      "two wildcards",
      one({ AllowedOrigins: ["*a*"] }),
      "&quot;*a*&quot; can not have more than one",
    ],
    [
      "two in a header",
      one({ AllowedHeaders: ["x-*-*"] }),
      "AllowedHeader &quot;x-*-*&quot; can not",
    ],
    ["OPTIONS", one({ AllowedMethods: ["GET", "OPTIONS"] }), "method is OPTIONS"],
    ["a method in lower case", one({ AllowedMethods: ["get"] }), "Unsupported method is get"],
    ["an empty method", one({ AllowedMethods: [""] }), "Unsupported method is <"],
    ["all headers exposed", one({ ExposeHeaders: ["*"] }), "do not support wildcard"],
    ["a header split in two", one({ ExposeHeaders: ["a\r\nb: c"] }), "contains invalid character"],
    ["a long ID", one({ ID: "x".repeat(256) }), "allowed limit of 255"],
    ["an age below zero", one({ MaxAgeSeconds: -1 }), "<Code>MalformedXML</Code>"],
    ["an age without end", one({ MaxAgeSeconds: 2 ** 31 }), "<Code>MalformedXML</Code>"],
    ["no origin", one({ AllowedOrigins: [] }), "<Code>MalformedXML</Code>"],
    ["no method", one({ AllowedMethods: [] }), "<Code>MalformedXML</Code>"],
  ])("rules with %s are refused", async (_, document, text) => {
    const answer = await putDocument(document);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
  });

  test("as many rules, and as long an ID, as there may be", async () => {
    const widest = { ID: "x".repeat(255), MaxAgeSeconds: 2 ** 31 - 1 };
    expect(await putDocument({ CORSRules: repeated(100, {}) })).toMatchObject({ status: 200 });
    expect(await putDocument(one(widest))).toMatchObject({ status: 200 });
    const read = await server.send({ path: "/bkt", query: "cors" });
    expect(corsConfiguration.parse(read.body)).toEqual(one(widest));
  });

  test("rules have to come with a digest", async () => {
    const wire = { method: "PUT", path: "/bkt", query: "cors", body: "<CORSConfiguration/>" };
    expect(await server.send(wire)).toMatchObject({ status: 400, code: "InvalidRequest" });
  });

  test("the bucket's owner may change them, and others whom the policy lets", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const wire = { method, path: "/bkt", query: "cors", credentials: keys.plain };
      expect(await server.send(wire)).toMatchObject({ status: 403, code: "AccessDenied" });
    }
  });

  function putDocument(document: CorsConfiguration) {
    const body = renderXml(corsConfiguration.render(document));
    const headers = { "x-amz-checksum-crc32": checksumBase64("CRC32", Buffer.from(body)) };
    return server.send({ method: "PUT", path: "/bkt", query: "cors", headers, body });
  }
});

function one(rule: Partial<CorsRule>): CorsConfiguration {
  return { CORSRules: repeated(1, rule) };
}

function repeated(times: number, rule: Partial<CorsRule>): CorsRule[] {
  return Array.from({ length: times }, () => ({
    AllowedMethods: ["GET"],
    AllowedOrigins: ["*"],
    ...rule,
  }));
}
