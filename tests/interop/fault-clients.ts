import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { clientEnvironment, runPython } from "./foreign-clients.ts";
import type { FaultClient, Outcome, Work } from "./fault-cases.ts";
import { type OwnServer, ownCommand } from "./own-server.ts";
import { rcloneEnvironment } from "./rclone-environment.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** What lies in the server's scratch folder. */
export const faultFiles = {
  body: Buffer.from("abcdefgh".repeat(8192)),
  large: Buffer.alloc(20 * 1024 * 1024, "ijklmnop"),
};

/** The words of errors that clients end with. */
const words =
  /\b(SlowDown|InternalError|OperationAborted|NotSignedUp|RequestTimeTooSkewed|NoSuchKey|InvalidPart|BadDigest|403|404|corrupted|Connection broken)\b/;

type Run = (...args: string[]) => Promise<CommandResult>;

/** How the clients are called; each does what its users do, with its own retries. */
interface Calls {
  readonly upload: (file: string) => Promise<CommandResult>;
  readonly download: (to: string) => Promise<CommandResult>;
  readonly change: () => Promise<CommandResult>;
}

/** What a client makes of its work in a bucket. */
export async function seenByClient(
  client: FaultClient,
  server: OwnServer,
  { bucket, work }: { readonly bucket: string; readonly work: Work },
): Promise<Outcome> {
  if (client === "boto3") {
    const done = await runPython(server, "fault_cases.py", "strike", { bucket, work });
    expect(done).toMatchObject({ exitCode: 0, stderr: "" });
    return JSON.parse(done.stdout) as Outcome;
  }
  const { upload, download, change } = await callsOf[client](server, bucket);
  if (work === "setting") return { settings: told(await change()) };
  if (work === "parts") return { put: told(await upload("large")) };
  const put = told(await upload("body"));
  const back = `${bucket}.back`;
  const got = await download(back);
  if (got.exitCode !== 0) return { put, get: told(got) };
  const bytes = await readFile(join(server.scratch, back)).catch(() => undefined);
  if (bytes === undefined) return { put, get: "nothing" };
  return { put, get: faultFiles.body.equals(bytes) ? "fine" : "other bytes" };
}

function told({ exitCode, stdout, stderr }: CommandResult): string {
  if (exitCode === 0) return "fine";
  // Our own says it as JSON.
  const own = /"code":"(\w+)"/.exec(stdout + stderr)?.[1];
  return own ?? words.exec(stderr)?.[1] ?? stderr;
}

const callsOf = {
  own: async (server: OwnServer, bucket: string): Promise<Calls> => {
    // The set-up writes a .env.
    const cwd = join(server.scratch, bucket);
    await mkdir(cwd);
    const { accessKeyId, secretAccessKey } = server.identities.admin;
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: server.scratch,
      STORAGE_S3_ENDPOINT_URL: server.endpoint,
      STORAGE_S3_REGION: server.region,
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const run: Run = (...args) =>
      runCommand(process.execPath, [...ownCommand, "--json", ...args], { env, cwd });
    return {
      upload: (file) => run("cp", `../${file}`, `s3://${bucket}/k`),
      download: (to) => run("cp", `s3://${bucket}/k`, `../${to}`),
      change: () => run("setup", "--yes"),
    };
  },
  aws: (server: OwnServer, bucket: string): Promise<Calls> => {
    const env = clientEnvironment(server);
    const run: Run = (...args) =>
      runCommand("/usr/bin/aws", ["--endpoint-url", server.endpoint, ...args], {
        env,
        cwd: server.scratch,
      });
    const tags = ["--bucket", bucket, "--tagging", "TagSet=[{Key=a,Value=1}]"];
    return Promise.resolve({
      upload: (file) => run("s3", "cp", file, `s3://${bucket}/k`),
      download: (to) => run("s3", "cp", `s3://${bucket}/k`, to),
      change: () => run("s3api", "put-bucket-tagging", ...tags),
    });
  },
  rclone: (server: OwnServer, bucket: string): Promise<Calls> => {
    const env = rcloneEnvironment(server, "Minio");
    const run: Run = (...args) => runCommand("rclone", args, { env, cwd: server.scratch });
    const parts = ["--s3-chunk-size=5M", "--s3-upload-cutoff=10M"];
    return Promise.resolve({
      upload: (file) => run("copyto", ...parts, file, `own:${bucket}/k`),
      download: (to) => run("copyto", `own:${bucket}/k`, to),
      change: () => run("backend", "versioning", `own:${bucket}`, "Enabled"),
    });
  },
};
