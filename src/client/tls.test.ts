import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { S3StoreOptions } from "./create-s3-store.ts";
import { loopbackCertificate, loopbackKey } from "./testing-fixtures/loopback-certificate.ts";
import {
  answer,
  startScriptedServer,
  type ScriptedServer,
  type SeenRequest,
} from "./testing-fixtures/scripted-server.ts";
import { openTestStore } from "./testing-fixtures/test-store.ts";

let server: https.Server;
let plain: ScriptedServer;
let port: number;
const seen: SeenRequest["headers"][] = [];

beforeAll(async () => {
  plain = await startScriptedServer(answer(200, { etag: '"e"' }));
  server = https.createServer(
    { cert: loopbackCertificate, key: loopbackKey },
    (message, response) => {
      seen.push(message.headers as Record<string, string>);
      message.resume();
      message.on("end", () => response.writeHead(200, { etag: '"e"' }).end());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});

afterAll(async () => {
  await plain.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function put(endpoint: string, options: Partial<S3StoreOptions> = {}): Promise<unknown> {
  const store = openTestStore(endpoint, { retry: { forMs: 0 }, ...options });
  try {
    return await store.putObject("a", Buffer.of(1));
  } catch (error) {
    return error;
  } finally {
    await store.close();
  }
}

describe("TLS", () => {
  it("refuses a certificate that nobody vouches for, and says what to do", async () => {
    expect(await put(`https://127.0.0.1:${port}`)).toMatchObject({
      code: "ConfigurationError",
      retryable: false,
      outcome: "not-applied",
      remedy: expect.stringMatching(/STORAGE_S3_CA_FILE/) as string,
    });
  });

  it("accepts it with its authority, and leaves payloads unhashed", async () => {
    const tls = { ca: loopbackCertificate };
    expect(await put(`https://127.0.0.1:${port}`, { tls })).toEqual({ etag: '"e"' });
    expect(seen.at(-1)).toMatchObject({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" });
  });

  it("accepts anything when told to", async () => {
    const tls = { rejectUnauthorized: false };
    expect(await put(`https://127.0.0.1:${port}`, { tls })).toEqual({ etag: '"e"' });
  });

  it("says that the port does not speak it", async () => {
    expect(await put(plain.endpoint.replace("http:", "https:"))).toMatchObject({
      code: "ConfigurationError",
      message: expect.stringMatching(/does not speak TLS/) as string,
      remedy: expect.stringMatching(/Write http:/) as string,
    });
  });

  it("and that it may speak it where plain http is sent", async () => {
    expect(await put(`http://127.0.0.1:${port}`)).toMatchObject({
      code: "Unavailable",
      remedy: expect.stringMatching(/https/) as string,
    });
  });
});
