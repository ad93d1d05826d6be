import { assert } from "../core/assert.ts";
import type { CredentialsProvider } from "../core/credentials.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { givenCredentials } from "./given-credentials.ts";
import { sdkAgents } from "./sdk-agents.ts";
import type { StorageOptions } from "./storage-options.ts";

/** The keys given, or AWS's chain; the SDK behind the chain loads at the first request. */
export function storeCredentials(
  store: StoreSettings,
  given?: StorageOptions["credentials"],
): CredentialsProvider {
  if (given !== undefined) return givenCredentials(given);
  const choice = store.credentials;
  if (choice.kind === "static") return () => Promise.resolve(choice.credentials);
  assert(choice.kind === "aws-chain", "keys that a program brings come with its options");
  const { profile } = choice;
  const agents = sdkAgents(store);
  let chain: Promise<CredentialsProvider> | undefined;
  return async (hint) => {
    chain ??= import("../aws/credential-chain.ts").then(({ awsCredentials }) =>
      awsCredentials({
        region: store.region,
        ...(profile !== undefined && { profile }),
        ...(agents !== undefined && { agents }),
        ...(store.endpointUrl !== undefined && { endpointUrl: store.endpointUrl }),
      }),
    );
    const provider = await chain;
    return provider(hint);
  };
}
