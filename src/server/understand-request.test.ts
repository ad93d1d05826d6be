import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverLimits } from "../core/limits.ts";
import { TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;
let host: string;

beforeAll(async () => {
  server = await TestServer.start();
  host = `uploads.localhost:${server.server.port}`;
  await server.send({ method: "PUT", path: "/uploads" });
  await server.send({ method: "PUT", path: "/private" });
  await server.send({ method: "PUT", path: "/uploads/private/k", body: "of uploads" });
});
afterAll(() => server.close());

/** Follows a link that was made for the host of `uploads`, with headers of the holder's choice. */
async function follow(method: string, headers: readonly string[], body = ""): Promise<string> {
  const path = "/private/k";
  const query = server.presign({ method, path, headers: { host } });
  const lines = [
    `${method} ${path}?${query} HTTP/1.1`,
    ...(body === "" ? [] : [`Content-Length: ${body.length}`]),
    ...headers,
    "Connection: close",
  ];
  return server.raw([`${lines.join("\r\n")}\r\n\r\n${body}`]);
}

function padding(count: number): string[] {
  return Array.from({ length: count }, () => "a: b");
}

describe("a link for the host of one bucket", () => {
  test("goes there, however many headers stand before Host", async () => {
    const most = serverLimits.headerCount - 2;
    for (const count of [0, most]) {
      const answer = await follow("GET", [...padding(count), `Host: ${host}`]);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).toContain("of uploads");
    }
  });

  test.each(["GET", "PUT", "DELETE"])("never reaches another: %s", async (method) => {
    await server.send({ method: "PUT", path: "/private/k", body: "SECRET" });
    for (const count of [serverLimits.headerCount - 1, 1000, 1990, 2500, 4000]) {
      const headers = [...padding(count), `Host: ${host}`];
      const answer = await follow(method, headers, method === "PUT" ? "OVERWRITTEN" : "");
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain("<Code>RequestHeaderSectionTooLarge</Code>");
      expect((await server.send({ path: "/private/k" })).text).toBe("SECRET");
    }
  });

  test.each([
    ["another first", () => [`Host: 127.0.0.1:${server.server.port}`, `Host: ${host}`]],
    ["another last", () => [`Host: ${host}`, `HOST: 127.0.0.1:${server.server.port}`]],
    ["the same twice", () => [`Host: ${host}`, `Host: ${host}`]],
  ])("has one Host: %s", async (_, headers) => {
    const answer = await follow("GET", headers());
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("<Code>BadRequest</Code>");
    expect(answer).toContain("2 Host headers");
  });
});

test("a body behind many headers is read away like any other", async () => {
  const head = `PUT /private/x HTTP/1.1\r\nHost: x\r\n${padding(1200).join("\r\n")}\r\n`;
  const next = server.head({ path: "/uploads/private/k" });
  const answer = await server.raw([`${head}Content-Length: 5\r\n\r\nhello${next}`], {
    until: /of uploads$/,
  });
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 200"]);
});

test("a client that waits for 100 behind many headers is not left waiting", async () => {
  const head = `PUT /private/x HTTP/1.1\r\nHost: x\r\n${padding(1200).join("\r\n")}\r\n`;
  const answer = await server.raw([`${head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`]);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.toLowerCase()).toContain("connection: close");
});
