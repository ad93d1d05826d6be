import { createHash } from "node:crypto";
import { portalLimits } from "../../core/portal-limits.ts";
import { sameText } from "../../protocol/same-text.ts";
import type { S3Response } from "../operation.ts";
import { OidcInput } from "./oidc-input.ts";
import {
  assertGrantType,
  assertStartUrl,
  codeGrant,
  deviceGrant,
  readClient,
  verificationUri,
} from "./register-client.ts";
import type { SignIn } from "./sign-ins.ts";
import type { SsoCall, SsoOperation } from "./sso-call.ts";
import type { SsoDirectory } from "./sso-directory.ts";
import { invalidRequest, json, SsoError } from "./sso-error.ts";
import type { SsoClient, SsoSession } from "./sso-tokens.ts";

/** A program asks for a code that somebody approves elsewhere. */
export const startDeviceAuthorization: SsoOperation = (call) => {
  const { portal, body, now, requestId } = call;
  const input = new OidcInput(body);
  const client = readClient(call, input);
  assertGrantType(client, deviceGrant);
  const startUrl = input.required("startUrl");
  assertStartUrl(startUrl);
  const signIn = portal.signIns.begin({ client, address: call.address }, now);
  decideWithoutPage(signIn, portal.directory, userOfStartUrl(startUrl));
  const uri = verificationUri(call);
  return json(200, requestId, {
    deviceCode: signIn.secret,
    userCode: signIn.userCode,
    verificationUri: uri,
    verificationUriComplete: `${uri}?user_code=${signIn.userCode}`,
    expiresIn: portalLimits.signInMs / 1000,
    interval: portalLimits.pollMs / 1000,
  });
};

/** Tokens for a device code, for the code of a redirect, or for a refresh token. */
export const createToken: SsoOperation = (call) => {
  const input = new OidcInput(call.body);
  const client = readClient(call, input);
  const grantType = input.required("grantType");
  assertGrantType(client, grantType);
  if (grantType === deviceGrant) return tokensOfDeviceCode(call, client, input);
  if (grantType === codeGrant) return tokensOfCode(call, client, input);
  const refreshToken = input.required("refreshToken");
  const session = call.portal.tokens.openRefresh(refreshToken, call.now);
  if (session?.clientId !== client.clientId) throw invalidGrant();
  if (call.portal.directory.findUser(session.user)?.sessions === "revoked") throw invalidGrant();
  return tokensOf(call, session);
};

/** `?user=NAME` of a start URL says who signs in, where nobody asks. */
function userOfStartUrl(startUrl: string): string | undefined {
  const name = /[?&]user=([^&#]+)/.exec(startUrl)?.[1];
  if (name === undefined) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    throw invalidRequest("The user of startUrl is not percent-encoded UTF-8.");
  }
}

/** Nobody is asked where one user at least needs no asking, or where all are turned down. */
export function decideWithoutPage(
  signIn: SignIn,
  directory: SsoDirectory,
  named: string | undefined,
): void {
  const users = directory.users().filter(({ name }) => named === undefined || name === named);
  const automatic = users.find(({ approval }) => approval === "automatic");
  if (automatic !== undefined) signIn.decision = { user: automatic.name };
  else if (users.every(({ approval }) => approval === "denied")) signIn.decision = "denied";
}

function tokensOfDeviceCode(call: SsoCall, client: SsoClient, input: OidcInput): S3Response {
  const { signIns } = call.portal;
  const signIn = signIns.findBySecret(input.required("deviceCode"));
  if (signIn === undefined || signIn.redirect !== undefined) throw invalidGrant();
  if (signIn.client.clientId !== client.clientId) throw invalidGrant();
  const nowMs = call.now.getTime();
  if (signIn.expiresAt <= nowMs) {
    throw new SsoError("ExpiredTokenException", "The device code has expired. Start again.");
  }
  if (signIn.decision !== undefined) return finish(call, signIn);
  const sinceLast = nowMs - (signIn.polledAt ?? Number.NEGATIVE_INFINITY);
  signIn.polledAt = nowMs;
  if (sinceLast >= 0 && sinceLast < portalLimits.pollMs / 2) {
    throw new SsoError("SlowDownException", "The client asks too often.");
  }
  throw new SsoError("AuthorizationPendingException", "Nobody has approved the sign-in yet.");
}

/** Source: RFC 7636. */
function tokensOfCode(call: SsoCall, client: SsoClient, input: OidcInput): S3Response {
  const { signIns } = call.portal;
  const signIn = signIns.findBySecret(input.required("code"));
  const redirect = signIn?.redirect;
  if (signIn === undefined || redirect === undefined || signIn.decision === undefined) {
    throw invalidGrant();
  }
  // Whoever shows a code has one try.
  signIns.end(signIn);
  const verifier = createHash("sha256").update(input.required("codeVerifier")).digest("base64url");
  const fits =
    signIn.client.clientId === client.clientId &&
    redirect.uri === input.required("redirectUri") &&
    sameText(redirect.challenge, verifier) &&
    signIn.expiresAt > call.now.getTime();
  if (!fits) throw invalidGrant();
  return finish(call, signIn);
}

function finish(call: SsoCall, signIn: SignIn): S3Response {
  const { decision, client } = signIn;
  call.portal.signIns.end(signIn);
  if (decision === undefined || decision === "denied") {
    throw new SsoError("AccessDeniedException", "The sign-in was turned down.");
  }
  return tokensOf(call, {
    id: call.randomBytes(16).toString("base64url"),
    user: decision.user,
    clientId: client.clientId,
    expiresAt: call.now.getTime() + portalLimits.sessionMs,
  });
}

/** A user whose sessions are to be expired gets tokens that end at once. */
function tokensOf(call: SsoCall, session: SsoSession): S3Response {
  const { portal, now, requestId } = call;
  const user = portal.directory.findUser(session.user);
  if (user === undefined) throw invalidGrant();
  const isShort = user.sessions === "expired";
  const lastsMs = isShort
    ? 1000
    : Math.min(portalLimits.accessMs, session.expiresAt - now.getTime());
  const expiresAt = now.getTime() + lastsMs;
  return json(200, requestId, {
    accessToken: portal.tokens.accessToken({ session, expiresAt }),
    tokenType: "Bearer",
    expiresIn: Math.floor(lastsMs / 1000),
    ...(!isShort && { refreshToken: portal.tokens.refreshToken(session) }),
  });
}

function invalidGrant(): SsoError {
  return new SsoError("InvalidGrantException", "The code or token is not valid, or not any more.");
}
