import { assert } from "../core/assert.ts";
import { safeListener } from "../core/safe-listener.ts";
import type { CredentialsProvider } from "../core/credentials.ts";
import type { ExchangeEvent, ExchangeListener } from "../core/exchange-event.ts";
import type { KeyTermListener } from "../core/key-term.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { adminLimits } from "../core/limits.ts";
import type { StoreListener } from "./store-listener.ts";
import { givenCredentials } from "./given-credentials.ts";
import { patientCredentials } from "./patient-credentials.ts";
import type { StorageOptions } from "./storage-options.ts";

/** The keys given, or AWS's chain; the SDK behind the chain loads at the first request. */
export function storeCredentials(
  store: StoreSettings,
  given?: StorageOptions["credentials"],
  listener: StoreListener = {},
): CredentialsProvider {
  const provider = sourceOf(store, given, listener);
  const isFixed = given === undefined ? store.credentials.kind === "static" : !isFunction(given);
  if (isFixed || listener.awaitFreshKeys !== true || store.retryForMs === 0) return provider;
  return patientCredentials(provider, {
    forMs: adminLimits.freshKeysWaitMs,
    onWait: (detail) => listener.onEvent?.({ type: "credentials-awaited", detail }),
  });
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function sourceOf(
  store: StoreSettings,
  given: StorageOptions["credentials"],
  listener: StoreListener,
): CredentialsProvider {
  if (given !== undefined) return givenCredentials(given);
  const choice = store.credentials;
  if (choice.kind === "static") return () => Promise.resolve(choice.credentials);
  assert(choice.kind === "aws-chain", "keys that a program brings come with its options");
  const { profile } = choice;
  const onExchange = exchangeListener(listener, profile);
  const open = async (): Promise<CredentialsProvider> => {
    const { awsCredentials } = await import("../aws/credential-chain.ts");
    // It brings along Node's HTTP and TLS, which other commands do without.
    const { sdkAgents } = await import("./sdk-agents.ts");
    const agents = sdkAgents(store);
    return awsCredentials({
      region: store.region,
      ...(profile !== undefined && { profile }),
      ...(agents !== undefined && { agents }),
      ...(store.endpointUrl !== undefined && { endpointUrl: store.endpointUrl }),
      ...(onExchange !== undefined && { onExchange }),
    });
  };
  let chain: Promise<CredentialsProvider> | undefined;
  return async (hint) => {
    const provider = await (chain ??= open());
    return provider(hint);
  };
}

/** Hears where keys came from, for whoever wants to know how long they last. */
function exchangeListener(
  { onExchange, onKeyTerm }: StoreListener,
  profile: string | undefined,
): ExchangeListener | undefined {
  if (onKeyTerm === undefined) return onExchange;
  const told = safeListener("onKeyTerm", onKeyTerm);
  return (event) => {
    onExchange?.(event);
    if (event.type === "credentials") void tellTerm(event, profile, told);
  };
}

/** Keys that stand in variables are what they are; the chain's other sources bring fresh ones. */
async function tellTerm(
  { source, expiration }: Extract<ExchangeEvent, { type: "credentials" }>,
  profile: string | undefined,
  onKeyTerm: KeyTermListener,
): Promise<void> {
  const isRenewed = !/\benv vars\b/.test(source);
  const { signInEnd } = await import("./sign-in-end.ts");
  const end = isRenewed ? await signInEnd(process.env, profile) : undefined;
  onKeyTerm({ expiration, isRenewed, signInEnds: end });
}
