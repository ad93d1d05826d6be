import { portalLimits } from "../../core/portal-limits.ts";
import { OidcInput } from "./oidc-input.ts";
import type { SsoCall, SsoOperation } from "./sso-call.ts";
import { invalidRequest, json, SsoError } from "./sso-error.ts";
import type { SsoClient } from "./sso-tokens.ts";

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
export const codeGrant = "authorization_code";
const refreshGrant = "refresh_token";
const grantTypes: readonly string[] = [deviceGrant, codeGrant, refreshGrant];

/** A program makes itself known. Nothing is stored: its secret is sealed. */
export const registerClient: SsoOperation = ({ portal, body, now, requestId, endpoint }) => {
  if (portal.directory.users().length === 0) {
    throw invalidRequest(
      "Nobody signs in here: start the server with --sso page, or name users under sso in a world file.",
    );
  }
  const input = new OidcInput(body);
  if (input.required("clientType") !== "public") {
    throw new SsoError("InvalidClientMetadataException", "clientType must be public.");
  }
  const redirectUris = input.texts("redirectUris");
  if (!redirectUris.every((uri) => loopbackOf(uri) !== undefined)) {
    throw new SsoError(
      "InvalidRedirectUriException",
      "redirectUris must be of the form http://127.0.0.1/path: this portal serves programs of its own machine.",
    );
  }
  const asked = input.texts("grantTypes");
  if (!asked.every((type) => grantTypes.includes(type))) {
    const known = grantTypes.join(", ");
    throw new SsoError("UnsupportedGrantTypeException", `grantTypes must be among ${known}.`);
  }
  const client = {
    name: input.required("clientName").slice(0, 100),
    grantTypes: asked.length === 0 ? [deviceGrant, refreshGrant] : asked,
    redirectUris,
    scopes: input.texts("scopes"),
    expiresAt: now.getTime() + portalLimits.clientMs,
  };
  if (JSON.stringify(client).length > portalLimits.clientCharacters) {
    throw invalidRequest("The client says too much of itself.");
  }
  return json(200, requestId, {
    ...portal.tokens.addClient(client),
    clientIdIssuedAt: Math.floor(now.getTime() / 1000),
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
    authorizationEndpoint: `${endpoint}/authorize`,
    tokenEndpoint: `${endpoint}/token`,
  });
};

/** The client of a call. Throws SsoError InvalidClientException. */
export function readClient(call: SsoCall, input: OidcInput): SsoClient {
  const { tokens } = call.portal;
  const client = tokens.findClient(input.required("clientId"));
  const secret = input.required("clientSecret");
  if (client === undefined || !tokens.isClientSecret(client.clientId, secret)) {
    throw new SsoError("InvalidClientException", "The client is not known here.", 401);
  }
  if (client.expiresAt > call.now.getTime()) return client;
  throw new SsoError("InvalidClientException", "The client's registration has expired.", 401);
}

/** The path of a redirect to a program on the user's own machine. Source: RFC 8252, 7.3. */
export function loopbackOf(uri: string): string | undefined {
  return (
    /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?(\/[\w./~-]*)?$/.exec(uri)?.[1] ??
    undefined
  );
}

/** Where people approve. */
export function verificationUri({ endpoint }: Pick<SsoCall, "endpoint">): string {
  return `${endpoint}/_sso/device`;
}

/** Throws SsoError unless the client said that it would ask in this way. */
export function assertGrantType({ grantTypes: own }: SsoClient, grantType: string): void {
  if (!grantTypes.includes(grantType)) {
    throw new SsoError("UnsupportedGrantTypeException", `There is no grantType ${grantType} here.`);
  }
  if (own.includes(grantType)) return;
  throw new SsoError(
    "UnauthorizedClientException",
    `The client has not registered for the grantType ${grantType}.`,
  );
}

export function assertStartUrl(startUrl: string): void {
  if (/^https?:\/\/[^\s/]+/.test(startUrl)) return;
  throw invalidRequest("startUrl must be a URL.");
}
