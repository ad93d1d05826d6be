import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AccountCalls } from "../aws/account-calls.ts";
import { SdkConnection } from "../aws/sdk-connection.ts";
import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import type { AccountEntry } from "../server/identities/identities-file.ts";
import { readIdentitiesFile } from "../server/identities/load-identities.ts";
import { readWorldKeys } from "../server/world/world-keys.ts";
import { readServerNote, type ServerNote } from "./server-note.ts";

export interface OpenAccountOptions {
  /** The server's data folder. */
  readonly directory: string;
  /** Undefined: the account of the folder's first start. */
  readonly accountId: string | undefined;
  /** `assume`: as a user, since root users may not; default: as whoever may most. */
  readonly purpose?: "assume";
  /** For `assume`: which user. Default: any whose key the folder holds. */
  readonly userName?: string | undefined;
}

export interface OpenedAccount {
  readonly accountId: string;
  readonly server: ServerNote;
  readonly calls: AccountCalls;
}

/**
 * An account of the server that runs on a data folder, by its API and with keys that the folder holds: of
 * an administrator, or of the account's root user. Throws StorageError Unavailable when no server runs,
 * NotSupported when it plays a store without IAM, and ConfigurationError when the folder has no keys of the
 * account.
 */
export async function openAccount(options: OpenAccountOptions): Promise<OpenedAccount> {
  const { directory } = options;
  const server = await readServerNote(directory);
  if (server === undefined) throw notRunning(directory, undefined);
  await assertReachable(server, directory);
  if (server.plays !== undefined) throw withoutIam(server.plays, directory);
  const { accountId, credentials } = await keysOf(options);
  const connection = new SdkConnection({
    region: server.region,
    endpointUrl: server.endpoint,
    credentials: () => Promise.resolve(credentials),
    ...(server.caFile !== undefined && { tls: { ca: await readFile(server.caFile) } }),
  });
  return { accountId, server, calls: new AccountCalls(connection) };
}

function withoutIam(plays: string, directory: string): StorageError {
  return new StorageError(
    "NotSupported",
    `The server on ${directory} plays ${plays}, which has neither IAM nor STS to be asked for keys.`,
    { remedy: `Its users and their keys stand in ${join(directory, "identities.json")}.` },
  );
}

async function keysOf(options: OpenAccountOptions) {
  const { directory, accountId, purpose, userName } = options;
  const file = await readIdentitiesFile(directory);
  const known = file?.accounts.find(({ id }) => accountId === undefined || id === accountId);
  if (known !== undefined) {
    const key = firstStartKey(known, options);
    if (key !== undefined) return { accountId: known.id, credentials: credentialsOf(key) };
  }
  const made = madeKey(options);
  if (made !== undefined && accountId !== undefined) {
    return { accountId, credentials: credentialsOf(made) };
  }
  const anyUser = userName === undefined ? "a user" : `user ${userName}`;
  const whose = purpose === "assume" ? anyUser : "the root user";
  const which = accountId ?? "of the first start";
  throw new StorageError(
    "ConfigurationError",
    `The data folder ${directory} holds no key of ${whose} of account ${which}.`,
    {
      remedy: `Have the server make one: give ${whose} of the account \`accessKeys: [{}]\` in the world file.`,
    },
  );
}

function firstStartKey(
  { users, root }: AccountEntry,
  { purpose, userName }: Pick<OpenAccountOptions, "purpose" | "userName">,
) {
  if (userName !== undefined) return users.find(({ name }) => name === userName)?.accessKeys[0];
  const admin = users.find(({ access }) => access === "administrator")?.accessKeys[0];
  return admin ?? (purpose === "assume" ? undefined : root?.accessKeys[0]);
}

/** One that the world left out; those that stand in a world file are not in the folder. */
function madeKey(options: OpenAccountOptions): Credentials | undefined {
  const { directory, accountId, purpose, userName } = options;
  if (accountId === undefined) return undefined;
  const made = Object.entries(readWorldKeys(join(directory, "world-keys.json")));
  if (userName !== undefined) {
    return made.find(([holder]) => holder === `${accountId}/user/${userName}`)?.[1][0];
  }
  const prefix = purpose === "assume" ? `${accountId}/user/` : `${accountId}/root`;
  return made.find(([holder]) => holder.startsWith(prefix))?.[1][0];
}

function credentialsOf({ accessKeyId, secretAccessKey }: Credentials): Credentials {
  return { accessKeyId, secretAccessKey };
}

/** A server that was killed leaves its note behind. */
async function assertReachable({ endpoint }: ServerNote, directory: string): Promise<void> {
  const { connect } = await import("node:net");
  const { hostname, port } = new URL(endpoint);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (cause) => reject(notRunning(directory, cause)));
  });
}

function notRunning(directory: string, cause: Error | undefined): StorageError {
  return new StorageError("Unavailable", `No server runs on the data folder ${directory}.`, {
    remedy:
      "Start one with `sms-storage server`, or name the folder of one that runs with --data-dir: it " +
      'stands behind "data" in what the server prints at its start.',
    ...(cause !== undefined && { cause }),
  });
}
