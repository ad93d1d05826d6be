import { assert } from "../core/assert.ts";
import type { Credentials } from "../core/credentials.ts";
import type { IdentitiesFile } from "../server/identities/identities-file.ts";

/** The keys that a first start's identities hold. */
export function testCredentials(file: IdentitiesFile): {
  readonly accountId: string;
  readonly admin: Credentials;
  readonly sso: Credentials;
} {
  const [account] = file.accounts;
  const admin = account?.users[0]?.accessKeys[0];
  const session = account?.roles[0]?.sessions[0];
  assert(
    account !== undefined && admin !== undefined && session !== undefined,
    "a first start has an account with a user and a role session",
  );
  return {
    accountId: account.id,
    admin: { accessKeyId: admin.accessKeyId, secretAccessKey: admin.secretAccessKey },
    sso: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
    },
  };
}
