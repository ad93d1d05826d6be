import type { DeclaredAccount } from "./declaration.ts";
import type { DeclaredItem } from "./declared-items.ts";
import { iamTables, oidcKey } from "./iam-records.ts";

/** An issuer of web identities; what the API has said of it beside its client ids stays. */
export function oidcItem(
  account: DeclaredAccount,
  provider: NonNullable<DeclaredAccount["oidcProviders"]>[number],
): DeclaredItem {
  const key = oidcKey(account.id, provider.issuer);
  return {
    place: `oidc/${key}`,
    content: provider,
    put: (records, { now }) => {
      const there = iamTables.oidcProviders.get(records, key);
      iamTables.oidcProviders.put(records, key, {
        accountId: account.id,
        ...provider,
        thumbprints: there?.thumbprints ?? [],
        createdAt: there?.createdAt ?? account.createdAt ?? now,
        tags: there?.tags ?? [],
      });
      return key;
    },
  };
}
