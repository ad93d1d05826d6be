import { isIP } from "node:net";
import type { RequestTarget } from "../../protocol/request-target.ts";
import type { ReceivedRequest } from "../../protocol/sigv4/verify.ts";
import type { S3Response } from "../operation.ts";
import { approve, authorize } from "./approve-sign-in.ts";
import {
  bearerHeader,
  getRoleCredentials,
  listAccountRoles,
  listAccounts,
  logout,
} from "./portal-operations.ts";
import { registerClient } from "./register-client.ts";
import { createToken, startDeviceAuthorization } from "./sign-in-operations.ts";
import { messagePage } from "./sign-in-page.ts";
import type { SsoCall, SsoOperation } from "./sso-call.ts";
import { invalidRequest, renderOidcError, renderPortalError, SsoError } from "./sso-error.ts";

type Part = "oidc" | "portal" | "page";

export interface SsoRoute {
  readonly part: Part;
  /** As the log names it. */
  readonly name: string;
  readonly run: SsoOperation;
}

const start: SsoOperation = () =>
  messagePage("Development portal", "Programs sign in here by themselves, with: aws sso login");

const routes: ReadonlyMap<string, SsoRoute> = new Map<string, SsoRoute>([
  ["POST /client/register", { part: "oidc", name: "RegisterClient", run: registerClient }],
  [
    "POST /device_authorization",
    { part: "oidc", name: "StartDeviceAuthorization", run: startDeviceAuthorization },
  ],
  ["POST /token", { part: "oidc", name: "CreateToken", run: createToken }],
  ["GET /authorize", { part: "page", name: "Authorize", run: authorize }],
  ["GET /assignment/accounts", { part: "portal", name: "ListAccounts", run: listAccounts }],
  ["GET /assignment/roles", { part: "portal", name: "ListAccountRoles", run: listAccountRoles }],
  [
    "GET /federation/credentials",
    { part: "portal", name: "GetRoleCredentials", run: getRoleCredentials },
  ],
  ["POST /logout", { part: "portal", name: "Logout", run: logout }],
  ["GET /_sso/device", { part: "page", name: "SignInPage", run: approve }],
  ["POST /_sso/device", { part: "page", name: "ApproveSignIn", run: approve }],
  ["GET /_sso/start", { part: "page", name: "StartPage", run: start }],
]);

/**
 * Which call of the portal an unsigned request is, told by what S3 has no use for: names that no bucket
 * can have, a header of the portal's own, posts of JSON without a query. Undefined: it is S3's.
 */
export function ssoRouteOf(received: ReceivedRequest, target: RequestTarget): SsoRoute | undefined {
  if (target.style !== "path") return undefined;
  const method = received.method === "HEAD" ? "GET" : received.method;
  const route = routes.get(`${method} ${target.rawPath}`);
  return route !== undefined && isMeant(route, received, target) ? route : undefined;
}

/** Whether the request is for the portal and not for a bucket of that name. */
function isMeant(
  { part }: SsoRoute,
  { headers }: ReceivedRequest,
  { rawPath, rawQuery, query }: RequestTarget,
): boolean {
  if (rawPath.startsWith("/_sso/")) return true;
  switch (part) {
    case "portal":
      return headers.has(bearerHeader);
    case "page":
      return query.has("client_id") && query.has("redirect_uri");
    case "oidc":
      return rawQuery === "" && headers.get("content-type")?.startsWith("multipart/") !== true;
  }
}

/** Never throws. */
export async function handleSso(
  route: SsoRoute,
  call: SsoCall,
  host: HostCheck,
): Promise<S3Response> {
  try {
    assertOwnHost(host);
    return await route.run(call);
  } catch (error) {
    return renderSsoError(route, error, call.requestId);
  }
}

/** In the form of the part that was asked. */
export function renderSsoError(route: SsoRoute, error: unknown, requestId: string): S3Response {
  if (route.part === "oidc") return renderOidcError(error, requestId);
  if (route.part === "portal") return renderPortalError(error, requestId);
  const { message, status } = error instanceof SsoError ? error : invalidRequest("Bad request.");
  return messagePage("Not possible", message, status);
}

interface HostCheck {
  /** Of the `Host` header, with its port. */
  readonly host: string;
  /** The server's own names. */
  readonly domains: readonly string[];
}

/** A site whose name leads to this machine must not act for whoever looks at it. */
function assertOwnHost({ host, domains }: HostCheck): void {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0 || name === "localhost") return;
  if (domains.includes(name)) return;
  throw new SsoError(
    "InvalidRequestException",
    `The portal does not answer under the name ${name}: use its address, localhost, or a domain of the server.`,
    403,
  );
}
