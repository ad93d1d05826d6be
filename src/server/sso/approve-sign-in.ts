import { QueryParameters } from "../../protocol/query.ts";
import type { S3Response } from "../operation.ts";
import { loopbackOf } from "./register-client.ts";
import { decideWithoutPage } from "./sign-in-operations.ts";
import { approvalPage, codePage, messagePage } from "./sign-in-page.ts";
import type { SignIn } from "./sign-ins.ts";
import type { SsoCall, SsoOperation } from "./sso-call.ts";
import type { SsoClient } from "./sso-tokens.ts";

const cookieName = "sms-storage-sign-in";
const noSignIn = "No sign-in is waiting under this code. Codes are good for ten minutes.";

/** `GET /authorize`: a browser that a program sent. Source: RFC 6749, 4.1; RFC 7636. */
export const authorize: SsoOperation = (call) => {
  const { portal, query, now, address } = call;
  const redirectUri = query.get("redirect_uri") ?? "";
  const client = portal.tokens.findClient(query.get("client_id") ?? "");
  if (client === undefined || client.expiresAt <= now.getTime()) {
    return messagePage(
      "Unknown program",
      "The client is not registered here. Start it again.",
      400,
    );
  }
  // Only who asked may be sent anything: nothing is redirected before this is known.
  if (!mayRedirect(client, redirectUri)) {
    return messagePage("Unknown address", "The client has not registered this redirect_uri.", 400);
  }
  const state = query.get("state") ?? "";
  const challenge = query.get("code_challenge") ?? "";
  const isSound =
    query.get("response_type") === "code" &&
    query.get("code_challenge_method") === "S256" &&
    /^[\w-]{43}$/.test(challenge);
  if (!isSound) return redirect(redirectUri, { error: "invalid_request", state });
  const asked = { client, address, redirect: { uri: redirectUri, state, challenge } };
  const signIn = portal.signIns.begin(asked, now);
  decideWithoutPage(signIn, portal.directory, undefined);
  return signIn.decision === undefined ? ask(call, signIn) : sendOn(signIn);
};

/** The page on which people approve, and their answer. */
export const approve: SsoOperation = (call) => {
  const { portal, now, method, query } = call;
  if (method === "POST") return takeAnswer(call);
  const userCode = query.get("user_code");
  if (userCode === undefined) return codePage();
  const signIn = portal.signIns.findByUserCode(userCode, now);
  if (signIn === undefined) return codePage(noSignIn);
  return signIn.decision === undefined ? ask(call, signIn) : decided(signIn);
};

function ask(call: SsoCall, signIn: SignIn): S3Response {
  const { portal, randomBytes, isLocal, endpoint } = call;
  if (!isLocal) {
    return messagePage(
      "Not from here",
      "Sign-ins are approved on the machine that runs the server. Elsewhere they can be approved " +
        "automatically, if the server's world says so.",
      403,
    );
  }
  const nonce = randomBytes(16).toString("base64url");
  const secure = endpoint.startsWith("https:") ? "; Secure" : "";
  return approvalPage({
    clientName: signIn.client.name,
    userCode: signIn.userCode,
    users: portal.directory.users(),
    token: portal.tokens.pageToken({ nonce, userCode: signIn.userCode }),
    cookie: `${cookieName}=${nonce}; Path=/_sso; HttpOnly; SameSite=Strict${secure}`,
    redirectOrigin: signIn.redirect && originOf(signIn.redirect.uri),
    showsCode: signIn.redirect === undefined,
  });
}

function takeAnswer(call: SsoCall): S3Response {
  const { portal, now, isLocal } = call;
  const form = QueryParameters.parse(call.body.toString("utf8"));
  const userCode = form.get("user_code") ?? "";
  if (!isLocal || !isOwnPage(call, form.get("token") ?? "", userCode)) {
    return messagePage(
      "Not taken",
      "The answer does not come from the page of this sign-in. Open it again.",
      403,
    );
  }
  const signIn = portal.signIns.findByUserCode(userCode, now);
  if (signIn === undefined) return codePage(noSignIn);
  if (signIn.decision === undefined) {
    const user = portal.directory.findUser(form.get("user") ?? "");
    const isAllowed = form.get("answer") === "allow" && user !== undefined;
    signIn.decision = isAllowed && user.approval !== "denied" ? { user: user.name } : "denied";
  }
  return signIn.redirect === undefined ? decided(signIn) : sendOn(signIn);
}

/** Another site can send this form, but neither read the page nor have its cookie sent along. */
function isOwnPage(
  { portal, headers, endpoint }: SsoCall,
  token: string,
  userCode: string,
): boolean {
  const origin = headers.get("origin");
  if (origin !== undefined && origin !== endpoint) return false;
  const cookies = (headers.get("cookie") ?? "").split(/; */);
  const opened = portal.tokens.openPage(token);
  if (opened?.userCode !== userCode) return false;
  return cookies.includes(`${cookieName}=${opened.nonce}`);
}

function decided({ decision }: SignIn): S3Response {
  return decision === "denied"
    ? messagePage("Turned down", "The program gets nothing. You can close this page.")
    : messagePage("Signed in", "The program goes on by itself. You can close this page.");
}

function sendOn({ redirect: to, decision, secret }: SignIn): S3Response {
  const { uri = "", state = "" } = to ?? {};
  const answer = decision === "denied" ? { error: "access_denied" } : { code: secret };
  return redirect(uri, { ...answer, state });
}

function redirect(uri: string, parameters: Readonly<Record<string, string>>): S3Response {
  const query = new URLSearchParams(parameters).toString();
  return {
    status: 302,
    headers: {
      location: `${uri}?${query}`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  };
}

/** A program's port is another one each time. Source: RFC 8252, 7.3. */
function mayRedirect({ redirectUris }: SsoClient, uri: string): boolean {
  const path = loopbackOf(uri);
  const withoutPort = uri.replace(/^(http:\/\/(?:\[::1\]|[^:/]+)):\d+/, "$1");
  return path !== undefined && redirectUris.some((own) => own === uri || own === withoutPort);
}

function originOf(uri: string): string {
  return /^http:\/\/[^/]+/.exec(uri)?.[0] ?? "";
}
