import type { SignInCode } from "../../aws/sign-in.ts";
import { isStorageError } from "../../core/errors.ts";
import { observeIdentity } from "../../open/identity-session.ts";
import { endSignIn, openSignIn, type SignInWish } from "../../open/sign-in-session.ts";
import type { Settings } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import { formatTime, printable } from "../format.ts";
import { callerRecord, callerText, untilText } from "./caller-record.ts";
import { openBrowser } from "./open-browser.ts";

interface LoginWish {
  readonly ssoSession?: string;
  /** Where this machine has one. */
  readonly opensBrowser: boolean;
}

/** Signs in, then says whose the keys are. */
export async function runLogin(
  context: CommandContext,
  { ssoSession, opensBrowser }: LoginWish,
): Promise<void> {
  const { output, runtime } = context;
  const settings = await context.settings();
  const wish = wishOf(context, settings, ssoSession);
  const show = async (code: SignInCode): Promise<void> => {
    await output.result({ type: "sign-in-code", ...code }, codeText(code));
    if (opensBrowser && output.isWatched) openBrowser(code.urlWithCode, runtime.environment);
  };
  const { portal, expiresAt } = await openSignIn(wish, show, runtime.signal);
  const { startUrl, region, sessionName, cacheFile } = portal;
  const until = untilText(expiresAt, new Date());
  await output.result(
    { type: "signed-in", startUrl, region, ssoSession: sessionName, expiresAt, cacheFile },
    `Signed in at ${printable(startUrl)}; the token ends ${until}.`,
  );
  if (ssoSession === undefined) await showCaller(context, settings);
}

/** A sign-in stands, whether or not its role can be used. */
async function showCaller(context: CommandContext, settings: Settings): Promise<void> {
  const { output, runtime } = context;
  try {
    const observed = await observeIdentity(settings, runtime.environment);
    const now = new Date();
    await output.result(callerRecord(observed, now), callerText(observed, now));
  } catch (error) {
    if (!isStorageError(error)) throw error;
    const remedy = error.remedy === undefined ? "" : ` ${error.remedy}`;
    output.warn(`Signed in, but the profile's role cannot be used yet: ${error.message}${remedy}`);
  }
}

export async function runLogout(
  context: CommandContext,
  { ssoSession }: Pick<LoginWish, "ssoSession">,
): Promise<void> {
  const settings = await context.settings();
  const { portal, wasSignedIn } = await endSignIn(wishOf(context, settings, ssoSession));
  const { startUrl, sessionName } = portal;
  const place = printable(startUrl);
  await context.output.result(
    { type: "signed-out", startUrl, ssoSession: sessionName, wasSignedIn },
    wasSignedIn ? `Signed out at ${place}.` : `There was no sign-in at ${place}.`,
  );
}

function wishOf(
  { runtime }: CommandContext,
  settings: Settings,
  ssoSession: string | undefined,
): SignInWish {
  const { awsProfile: profile } = settings;
  return {
    environment: runtime.environment,
    settings,
    ...(profile !== undefined && { profile }),
    ...(ssoSession !== undefined && { ssoSession }),
  };
}

function codeText({ url, urlWithCode, userCode, expiresAt }: SignInCode): string {
  return [
    "Open this address in any browser, on this machine or another:",
    `    ${printable(urlWithCode)}`,
    `and see that it shows the code ${printable(userCode)}. (Without the code in it: ${printable(url)})`,
    `Waiting until it is approved, or until ${formatTime(expiresAt)} UTC.`,
  ].join("\n");
}
