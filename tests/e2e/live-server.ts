import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentitiesFile } from "../../src/server/identities/create-identities.ts";
import type { IdentitiesFile } from "../../src/server/identities/identities-file.ts";
import { testCredentials } from "../../src/testing/test-credentials.ts";
import {
  type CommandOptions,
  type CommandResult,
  runCommand,
  startCommand,
  waitForText,
} from "./command.ts";

type Environment = Readonly<Record<string, string>>;

/** `sms-storage start` in a process of its own, its bucket set up, and ways to run commands on it. */
export interface LiveServer {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accountId: string;
  /** Where commands run; nothing in it at first. */
  readonly folder: string;
  /** Settings of the SSO-like role that set the bucket up. */
  readonly env: Environment;
  readonly administrator: Environment;
  /** A user to whom no policy allows anything. */
  readonly powerless: Environment;
  /** A role session of yesterday. */
  readonly expired: Environment;
  run(args: readonly string[], options?: Partial<CommandOptions>): Promise<CommandResult>;
  /** Not waited for. `env`: on top of the settings. */
  begin(args: readonly string[], env?: Environment): ChildProcess;
  uri(key: string): string;
  /** Ends the server as a power cut would, and starts it anew on the same data: at this address. */
  crashAndRestart(): Promise<string>;
  stop(): Promise<void>;
}

const bucket = "sms-e2e-bucket";
const region = "us-east-1";
const powerlessKey = { accessKeyId: "AKIAPOWERLESS0000001", secretAccessKey: "p".repeat(40) };
const expiredKey = {
  accessKeyId: "ASIAEXPIRED000000001",
  secretAccessKey: "e".repeat(40),
  sessionToken: "expired-session-token-of-yesterday",
};

export async function startLiveServer(): Promise<LiveServer> {
  const base = await mkdtemp(join(tmpdir(), "sms-e2e-"));
  const folder = join(base, "work");
  const data = join(base, "data");
  await mkdir(folder);
  await mkdir(data);
  const identities = withWeakIdentities(createIdentitiesFile(randomBytes, new Date()));
  await writeFile(join(data, "identities.json"), JSON.stringify(identities), { mode: 0o600 });
  const args = ["start", "--data-dir", data, "--port", "0", "--no-env", "--bucket", bucket];
  let server = startCommand(args, { cwd: folder });
  const endpoint = await readyAt(server);
  const { accountId, admin, sso } = testCredentials(identities);
  const settings = (keys: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
  }): Environment => ({
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_REGION: region,
    STORAGE_S3_ENDPOINT_URL: endpoint,
    STORAGE_S3_ACCESS_KEY_ID: keys.accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken !== undefined && { STORAGE_S3_SESSION_TOKEN: keys.sessionToken }),
  });
  const env = settings(sso);
  return {
    endpoint,
    bucket,
    accountId,
    folder,
    env,
    administrator: settings(admin),
    powerless: settings(powerlessKey),
    expired: settings(expiredKey),
    run: (command, options = {}) => runCommand(command, { cwd: folder, env, ...options }),
    begin: (command, more = {}) => startCommand(command, { cwd: folder, env: { ...env, ...more } }),
    uri: (key) => `s3://${bucket}/${key}`,
    crashAndRestart: async () => {
      server.kill("SIGKILL");
      await once(server, "exit");
      server = startCommand(args, { cwd: folder });
      return readyAt(server);
    },
    stop: async () => {
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await once(server, "exit");
      }
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function readyAt(server: ChildProcess): Promise<string> {
  return /Ready: (\S+),/.exec(await waitForText(server, "Serving."))?.[1] ?? "";
}

function withWeakIdentities(file: IdentitiesFile): IdentitiesFile {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  return {
    ...file,
    accounts: file.accounts.map((account) => ({
      ...account,
      users: [
        ...account.users,
        {
          name: "powerless",
          path: "/",
          id: "AIDAPOWERLESS0000001",
          access: "none",
          accessKeys: [powerlessKey],
        },
      ],
      roles: account.roles.map((role, index) => ({
        ...role,
        sessions: [
          ...role.sessions,
          ...(index === 0 ? [{ name: "yesterday", ...expiredKey, expiresAt: yesterday }] : []),
        ],
      })),
    })),
  };
}

/** The lines of `--json` output; throws when one is no JSON. */
export function records(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
