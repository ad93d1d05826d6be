import { createHash } from "node:crypto";
import type { TestServer } from "../../testing-fixtures/test-server.ts";

type Json = Readonly<Record<string, unknown>>;

export interface PortalAnswer {
  readonly status: number;
  readonly body: Json;
  /** The code of an error. */
  readonly code: string | undefined;
}

export interface RegisteredClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
export const redirectUri = "http://127.0.0.1:4711/oauth/callback";

/** What AWS's programs say to the portal, without them. */
export class PortalClient {
  readonly #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
  }

  get endpoint(): string {
    return this.#server.server.endpoint;
  }

  async post(path: string, body: Json): Promise<PortalAnswer> {
    return answerOf(
      await fetch(this.endpoint + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  }

  async portal(path: string, accessToken: string, method = "GET"): Promise<PortalAnswer> {
    const headers = { "x-amz-sso_bearer_token": accessToken };
    return answerOf(await fetch(this.endpoint + path, { method, headers }));
  }

  async register(more: Json = {}): Promise<RegisteredClient> {
    const client = { clientName: "a program", clientType: "public", ...more };
    const { body } = await this.post("/client/register", client);
    return { clientId: String(body["clientId"]), clientSecret: String(body["clientSecret"]) };
  }

  async startDevice(
    client: RegisteredClient,
    startUrl = "https://d-0.awsapps.com/start",
  ): Promise<Json> {
    return (await this.post("/device_authorization", { ...client, startUrl })).body;
  }

  createToken(client: RegisteredClient, parameters: Json): Promise<PortalAnswer> {
    return this.post("/token", { ...client, ...parameters });
  }

  /** A whole sign-in that nobody has to approve. */
  async signIn(startUrl?: string): Promise<{ client: RegisteredClient; tokens: Json }> {
    const client = await this.register();
    const { deviceCode } = await this.startDevice(client, startUrl);
    const { body } = await this.createToken(client, { grantType: deviceGrant, deviceCode });
    return { client, tokens: body };
  }

  /** Opens the page that a program sends a browser to. */
  authorize(
    client: RegisteredClient,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.clientId,
      redirect_uri: redirectUri,
      state: "state-1",
      code_challenge_method: "S256",
      ...parameters,
    });
    return fetch(`${this.endpoint}/authorize?${query.toString()}`, { redirect: "manual" });
  }
}

export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** What stands in a page's form. */
export async function formOf(page: Response): Promise<URLSearchParams> {
  const fields = new URLSearchParams();
  for (const [, name, value] of (await page.text()).matchAll(
    /<input type="hidden" name="([^"]+)" value="([^"]*)">/g,
  )) {
    fields.set(name ?? "", value ?? "");
  }
  return fields;
}

async function answerOf(response: Response): Promise<PortalAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? {} : JSON.parse(text),
    code: response.headers.get("x-amzn-errortype") ?? undefined,
  };
}
