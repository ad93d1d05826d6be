import { StorageError } from "../core/errors.ts";
import { signInLimits } from "../core/sign-in-limits.ts";
import { callPortal, type PortalAnswer, type PortalRequest } from "./portal-call.ts";
import { readSignIn, removeSignIn, writeSignIn } from "./sso-cache.ts";
import type { SsoPortal } from "./sso-portal.ts";

/** What somebody does in a browser, on whatever machine. */
export interface SignInCode {
  readonly url: string;
  /** With the code in it. */
  readonly urlWithCode: string;
  readonly userCode: string;
  readonly expiresAt: Date;
}

export interface SignInOptions extends Pick<PortalRequest, "agents" | "signal"> {
  readonly show: (code: SignInCode) => Promise<void> | void;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly now: () => Date;
}

const grantType = "urn:ietf:params:oauth:grant-type:device_code";
const clientName = "sms-storage";

/**
 * Signs in by a code that is approved in a browser (RFC 8628), and keeps the token where AWS's tools look
 * for it. Answers when it ends. Throws StorageError.
 */
export async function signIn(portal: SsoPortal, options: SignInOptions): Promise<Date> {
  const { now, show } = options;
  const ask = (path: string, operation: string, body: Readonly<Record<string, unknown>>) =>
    callPortal({ ...callOptions(options), url: join(portal.oidcUrl, path), operation, body });
  const registered = await ask("client/register", "RegisterClient", {
    clientName,
    clientType: "public",
    ...(portal.sessionName !== undefined && { scopes: portal.scopes }),
  });
  const client = {
    clientId: textOf(registered, "clientId"),
    clientSecret: textOf(registered, "clientSecret"),
  };
  const begun = await ask("device_authorization", "StartDeviceAuthorization", {
    ...client,
    startUrl: portal.startUrl,
  });
  const code = codeOf(begun, now());
  await show(code);
  const deviceCode = textOf(begun, "deviceCode");
  const token = await pollToken(begun, code, options, () =>
    ask("token", "CreateToken", { ...client, grantType, deviceCode }),
  );
  const expiresAt = new Date(now().getTime() + secondsOf(token, "expiresIn", 3600) * 1000);
  const { refreshToken } = token.values;
  await writeSignIn(portal.cacheFile, {
    startUrl: portal.startUrl,
    region: portal.region,
    accessToken: textOf(token, "accessToken"),
    expiresAt: wholeSeconds(expiresAt),
    ...client,
    registrationExpiresAt: wholeSeconds(
      new Date(secondsOf(registered, "clientSecretExpiresAt", 0) * 1000),
    ),
    ...(typeof refreshToken === "string" && { refreshToken }),
  });
  return expiresAt;
}

/** Ends the sign-in at the portal, and forgets it here. False: there was none. */
export async function signOut(
  portal: SsoPortal,
  options: Pick<PortalRequest, "agents" | "signal"> = {},
): Promise<boolean> {
  const held = await readSignIn(portal.cacheFile);
  if (held === undefined) return false;
  try {
    // One that has ended already is refused, which is as good.
    await callPortal({
      ...options,
      url: join(portal.portalUrl, "logout"),
      operation: "Logout",
      headers: { "x-amz-sso_bearer_token": held.accessToken },
    });
  } finally {
    await removeSignIn(portal.cacheFile);
  }
  return true;
}

function callOptions({ agents, signal }: SignInOptions): Pick<PortalRequest, "agents" | "signal"> {
  return { ...(agents !== undefined && { agents }), ...(signal !== undefined && { signal }) };
}

function codeOf(begun: PortalAnswer, now: Date): SignInCode {
  const url = textOf(begun, "verificationUri");
  const { verificationUriComplete } = begun.values;
  const lastsMs = Math.min(secondsOf(begun, "expiresIn", 600) * 1000, signInLimits.longestMs);
  return {
    url,
    urlWithCode: typeof verificationUriComplete === "string" ? verificationUriComplete : url,
    userCode: textOf(begun, "userCode"),
    expiresAt: new Date(now.getTime() + lastsMs),
  };
}

async function pollToken(
  begun: PortalAnswer,
  { expiresAt }: SignInCode,
  { wait, now, signal }: SignInOptions,
  ask: () => Promise<PortalAnswer>,
): Promise<PortalAnswer> {
  let everyMs = secondsOf(begun, "interval", signInLimits.pollMs / 1000) * 1000;
  while (now() < expiresAt) {
    const answer = await ask();
    if (answer.code === "") return answer;
    if (answer.code === "SlowDownException") everyMs += signInLimits.slowDownMs;
    else if (answer.code !== "AuthorizationPendingException") throw refusal("CreateToken", answer);
    await wait(everyMs, signal);
  }
  throw refusal("CreateToken", { status: 400, code: "ExpiredTokenException", values: {} });
}

const refusals: ReadonlyMap<string, readonly [message: string, remedy: string]> = new Map([
  ["AccessDeniedException", ["The sign-in was turned down.", "Run it again, and approve it."]],
  [
    "ExpiredTokenException",
    [
      "Nobody approved the sign-in in time.",
      "Run it again, and approve it while the code is shown.",
    ],
  ],
  [
    "InvalidRequestException",
    [
      "The portal does not know this start URL, or not in this region.",
      "Correct sso_start_url and sso_region of the profile or sso-session.",
    ],
  ],
]);

function refusal(operation: string, { status, code, values }: PortalAnswer): StorageError {
  const said = values["error_description"] ?? values["message"];
  const more = typeof said === "string" && said !== "" ? ` It says: ${said}` : "";
  const [message, remedy] = refusals.get(code) ?? [
    `The portal answered ${code} (HTTP ${status}).`,
    "Run it again in a while.",
  ];
  return new StorageError("Unauthenticated", `${message}${more}`, {
    operation,
    status,
    s3Code: code,
    remedy,
  });
}

function textOf(answer: PortalAnswer, name: string): string {
  if (answer.code !== "") throw refusal(name, answer);
  const value = answer.values[name];
  if (typeof value === "string" && value !== "") return value;
  throw new StorageError("Unknown", `The portal's answer lacks ${name}.`, {
    remedy: "See that the endpoint of sso_oidc is a portal's.",
  });
}

function secondsOf({ values }: PortalAnswer, name: string, fallback: number): number {
  const value = values[name];
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : fallback;
}

/** botocore reads no fractions. */
function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function join(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path}`;
}
