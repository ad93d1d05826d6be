import { assert } from "../../core/assert.ts";
import { newUniqueId } from "../iam/unique-id.ts";
import type {
  AccessKeyEntry,
  IdentitiesFile,
  IdentityAccess,
  RoleEntry,
} from "./identities-file.ts";

const sessionYears = 10;

/**
 * The identities of a first start: one account with keys of its root user, whom no bucket policy can
 * shut out from the policy itself, a user `admin` and, as from AWS SSO, sessions of two roles:
 * `AWSReservedSSO_AdministratorAccess_...`, an administrator as the user is, and
 * `AWSReservedSSO_ScientistAccess_...`, which may read and write objects and changes no settings. Every
 * id and secret comes from `randomBytes`.
 */
export function createIdentitiesFile(
  randomBytes: (count: number) => Buffer,
  now: Date,
): IdentitiesFile {
  const expiresAt = new Date(now);
  expiresAt.setUTCFullYear(expiresAt.getUTCFullYear() + sessionYears);
  const random = new RandomText(randomBytes);
  return {
    version: 1,
    createdAt: now.toISOString(),
    accounts: [
      {
        id: random.accountId(),
        root: { accessKeys: [random.accessKey()] },
        users: [
          {
            name: "admin",
            path: "/",
            id: random.id("AIDA"),
            access: "administrator",
            accessKeys: [random.accessKey()],
          },
        ],
        roles: [
          random.ssoRole("AdministratorAccess", "administrator", expiresAt),
          random.ssoRole("ScientistAccess", "objects", expiresAt),
        ],
      },
    ],
  };
}

class RandomText {
  readonly #bytes: (count: number) => Buffer;

  constructor(bytes: (count: number) => Buffer) {
    this.#bytes = (count) => {
      const drawn = bytes(count);
      assert(drawn.length === count, `${count} random bytes were asked for`);
      return drawn;
    };
  }

  /** No leading zero, which spreadsheets and YAML would eat. */
  accountId(): string {
    const drawn = BigInt(`0x${this.hex(16)}`);
    return String(100_000_000_000n + (drawn % 900_000_000_000n));
  }

  /** AWS's unique ids and access key ids: a prefix and sixteen letters of base 32. */
  id(prefix: string): string {
    return newUniqueId(prefix, 16, this.#bytes);
  }

  accessKey(): AccessKeyEntry {
    return { accessKeyId: this.id("AKIA"), secretAccessKey: this.base64(30) };
  }

  ssoRole(permissionSet: string, access: IdentityAccess, expiresAt: Date): RoleEntry {
    return {
      name: `AWSReservedSSO_${permissionSet}_${this.hex(8)}`,
      path: "/aws-reserved/sso.amazonaws.com/",
      id: this.id("AROA"),
      access,
      sessions: [
        {
          name: "developer",
          accessKeyId: this.id("ASIA"),
          secretAccessKey: this.base64(30),
          sessionToken: this.base64(150),
          expiresAt: expiresAt.toISOString(),
        },
      ],
    };
  }

  hex(count: number): string {
    return this.#bytes(count).toString("hex");
  }

  base64(count: number): string {
    return this.#bytes(count).toString("base64");
  }
}
