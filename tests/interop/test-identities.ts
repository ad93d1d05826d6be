import { randomBytes } from "node:crypto";
import type { Credentials } from "../../src/core/credentials.ts";
import type { IdentitiesFile } from "../../src/server/identities/identities-file.ts";

/** Who can call the server under test. The role and its session are those of the set-up guide. */
export interface TestIdentities {
  readonly file: IdentitiesFile;
  /** A user of the main account who may do all. */
  readonly admin: Credentials;
  /** A user of the main account whom only a bucket policy can allow anything. */
  readonly nobody: Credentials;
  /** The guide's SSO session, of an administrator's role. */
  readonly session: Required<Omit<Credentials, "expiration">>;
  /** The same role's session whose time is over. */
  readonly expired: Required<Omit<Credentials, "expiration">>;
  /** An administrator of another account. */
  readonly stranger: Credentials;
}

export const accountId = "123456789012";
const strangerAccountId = "210987654321";
export const ssoRoleName = "AWSReservedSSO_AdministratorAccess_0623eedd7adb8854";
export const ssoSessionName = "jcschaff_sso";

export function makeTestIdentities(now = new Date()): TestIdentities {
  const admin = newCredentials("AKIAADMIN");
  const nobody = newCredentials("AKIANOBODY");
  const stranger = newCredentials("AKIASTRANGER");
  const session = { ...newCredentials("ASIASESSION"), sessionToken: secret(150) };
  const expired = { ...newCredentials("ASIAEXPIRED"), sessionToken: secret(150) };
  const hoursFromNow = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
  return {
    admin,
    nobody,
    session,
    expired,
    stranger,
    file: {
      version: 1,
      createdAt: now.toISOString(),
      accounts: [
        {
          id: accountId,
          users: [
            user("admin", "AIDAADMINADMINADMIN1", "administrator", admin),
            user("nobody", "AIDANOBODYNOBODYNOB1", "none", nobody),
          ],
          roles: [
            {
              name: ssoRoleName,
              path: "/aws-reserved/sso.amazonaws.com/",
              id: "AROASSOSSOSSOSSOSSO1",
              access: "administrator",
              sessions: [
                { name: ssoSessionName, ...session, expiresAt: hoursFromNow(12) },
                { name: "yesterday", ...expired, expiresAt: hoursFromNow(-12) },
              ],
            },
          ],
        },
        {
          id: strangerAccountId,
          users: [user("stranger", "AIDASTRANGERSTRANGE1", "administrator", stranger)],
          roles: [],
        },
      ],
    },
  };
}

function user(name: string, id: string, access: "administrator" | "none", keys: Credentials) {
  return { name, path: "/", id, access, accessKeys: [keys] };
}

/** Twenty characters, as AWS's are. */
function newCredentials(prefix: string) {
  const accessKeyId = (prefix + randomBytes(10).toString("hex").toUpperCase()).slice(0, 20);
  return { accessKeyId, secretAccessKey: secret(30) };
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString("base64");
}
