import { StorageError } from "../core/errors.ts";
import { boundedPages } from "./bounded-pages.ts";
import { adminError } from "./answer-error.ts";
import type { SdkConnection } from "./sdk-connection.ts";

export interface AccessKeyInfo {
  readonly userName: string;
  readonly accessKeyId: string;
  readonly status: string;
  readonly createdAt: Date | undefined;
}

export interface RoleInfo {
  readonly name: string;
  readonly arn: string;
  readonly roleId: string;
  readonly maxSessionSeconds: number | undefined;
}

export interface NewAccessKey {
  readonly userName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** Of the session. */
  readonly arn: string;
}

export interface RoleSessionWish {
  readonly roleArn: string;
  readonly sessionName: string;
  /** As STS takes it: from 900. Undefined: an hour. */
  readonly seconds: number | undefined;
  /** The embedded server ends the session after that many seconds, however few. */
  readonly endsAfterSeconds: number | undefined;
}

/** The header by which the embedded server is asked for sessions shorter than AWS has them. */
const sessionSecondsHeader = "x-sms-storage-session-seconds";

/** What an account has, by IAM and STS; errors are StorageErrors. */
export class AccountCalls {
  readonly #connection: SdkConnection;

  constructor(connection: SdkConnection) {
    this.#connection = connection;
  }

  async accessKeys(): Promise<AccessKeyInfo[]> {
    return this.#call("ListAccessKeys", async () => {
      const { paginateListAccessKeys, paginateListUsers } = await import("@aws-sdk/client-iam");
      const client = await this.#connection.iam();
      const bounded = boundedPages("ListAccessKeys");
      const keys: AccessKeyInfo[] = [];
      for await (const { Users = [] } of bounded(paginateListUsers({ client }, {}))) {
        for (const { UserName = "" } of Users) {
          for await (const { AccessKeyMetadata = [] } of bounded(
            paginateListAccessKeys({ client }, { UserName }),
          )) {
            keys.push(
              ...AccessKeyMetadata.map(({ AccessKeyId = "", Status = "", CreateDate }) => ({
                userName: UserName,
                accessKeyId: AccessKeyId,
                status: Status,
                createdAt: CreateDate,
              })),
            );
          }
        }
      }
      return keys;
    });
  }

  async createAccessKey(userName: string): Promise<NewAccessKey> {
    return this.#call("CreateAccessKey", async () => {
      const { CreateAccessKeyCommand } = await import("@aws-sdk/client-iam");
      const client = await this.#connection.iam();
      const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: userName }));
      return { userName, ...keysOf("CreateAccessKey", AccessKey) };
    });
  }

  async roles(): Promise<RoleInfo[]> {
    return this.#call("ListRoles", async () => {
      const { paginateListRoles } = await import("@aws-sdk/client-iam");
      const client = await this.#connection.iam();
      const roles: RoleInfo[] = [];
      for await (const { Roles = [] } of boundedPages("ListRoles")(
        paginateListRoles({ client }, {}),
      )) {
        roles.push(
          ...Roles.map(({ RoleName = "", Arn = "", RoleId = "", MaxSessionDuration }) => ({
            name: RoleName,
            arn: Arn,
            roleId: RoleId,
            maxSessionSeconds: MaxSessionDuration,
          })),
        );
      }
      return roles;
    });
  }

  async assumeRole(wish: RoleSessionWish): Promise<RoleSession> {
    return this.#call("AssumeRole", async () => {
      const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
      const client = await this.#connection.sts();
      const command = new AssumeRoleCommand({
        RoleArn: wish.roleArn,
        RoleSessionName: wish.sessionName,
        ...(wish.seconds !== undefined && { DurationSeconds: wish.seconds }),
      });
      const { endsAfterSeconds } = wish;
      if (endsAfterSeconds !== undefined) {
        command.middlewareStack.add(
          (next) => async (args) => {
            const { headers } = args.request as { headers: Record<string, string> };
            headers[sessionSecondsHeader] = String(endsAfterSeconds);
            return next(args);
          },
          { step: "build" },
        );
      }
      const { Credentials, AssumedRoleUser } = await client.send(command);
      return {
        ...keysOf("AssumeRole", Credentials),
        sessionToken: told("AssumeRole", Credentials?.SessionToken),
        expiration: told("AssumeRole", Credentials?.Expiration),
        arn: told("AssumeRole", AssumedRoleUser?.Arn),
      };
    });
  }

  close(): void {
    this.#connection.close();
  }

  async #call<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw adminError(error, { operation });
    }
  }
}

function keysOf(
  operation: string,
  keys:
    | { readonly AccessKeyId?: string | undefined; readonly SecretAccessKey?: string | undefined }
    | undefined,
) {
  return {
    accessKeyId: told(operation, keys?.AccessKeyId),
    secretAccessKey: told(operation, keys?.SecretAccessKey),
  };
}

function told<T>(operation: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new StorageError("Unknown", `The answer to ${operation} lacks what was asked for.`, {
    operation,
  });
}
