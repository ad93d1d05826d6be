import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "./run-command.ts";
import { makeTestIdentities, type TestIdentities } from "./test-identities.ts";

/** Arguments for node: the built command; its own follow. */
export const ownCommand: readonly string[] = [
  fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url)),
];

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

export interface OwnServerOptions {
  /** Puts the data folder on a disk of its own, in memory. Needs root. */
  readonly diskMiB?: number;
  /** Further flags of the command. */
  readonly flags?: readonly string[];
  /** Default `us-east-1`. */
  readonly region?: string;
  /** A world file, whose accounts are all that there are then but those of a first start. */
  readonly world?: string;
}

/** The embedded server as its users run it: the built command, in a process of its own. */
export class OwnServer {
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  /** The server's data folder. */
  readonly directory: string;
  /** For the test's own files; removed with the server. */
  readonly scratch: string;
  readonly identities: TestIdentities;
  readonly #flags: readonly string[];
  #process: ChildProcess | undefined;
  #log = "";
  #mounted = false;

  private constructor(root: string, port: number, { region, flags = [], world }: OwnServerOptions) {
    this.scratch = join(root, "scratch");
    this.directory = join(root, "data");
    this.port = port;
    this.region = region ?? "us-east-1";
    this.#flags = world === undefined ? flags : [...flags, `--world=${world}`];
    this.endpoint = `http://127.0.0.1:${port}`;
    this.identities = makeTestIdentities();
  }

  static async start(options: OwnServerOptions = {}): Promise<OwnServer> {
    const root = await mkdtemp(join(tmpdir(), "interop-"));
    const server = new OwnServer(root, await freePort(), options);
    try {
      await mkdir(server.scratch);
      await mkdir(server.directory, { mode: 0o700 });
      if (options.diskMiB !== undefined) await server.#mount(options.diskMiB);
      if (options.world === undefined) {
        const identities = JSON.stringify(server.identities.file);
        await writeFile(join(server.directory, "identities.json"), identities, { mode: 0o600 });
      }
      await server.resume();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #mount(sizeMiB: number): Promise<void> {
    const size = `size=${sizeMiB}m,mode=0700`;
    await outputOf("/usr/bin/mount", ["-t", "tmpfs", "-o", size, "tmpfs", this.directory]);
    this.#mounted = true;
  }

  /** Starts the process, on the same port and the same data as before. */
  async resume(): Promise<void> {
    const child = spawn(process.execPath, [...ownCommand, "server", ...this.#arguments()], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: this.scratch },
    });
    this.#process = child;
    const record = (bytes: Buffer) => {
      this.#log += bytes.toString("utf8");
    };
    child.stdout.on("data", record);
    child.stderr.on("data", record);
    const deadline = Date.now() + readyTimeoutMs;
    while (!(await answers(this.endpoint))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server does not answer on ${this.endpoint}:\n${this.#log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #arguments(): string[] {
    const port = String(this.port);
    const place = [`--data-dir=${this.directory}`, `--port=${port}`, `--region=${this.region}`];
    return [...place, ...this.#flags];
  }

  /** What the process wrote so far. */
  get log(): string {
    return this.#log;
  }

  /** As a power cut does to a process: no farewell. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to end; the exit code, `undefined` when it had to be killed. */
  async end(): Promise<number | undefined> {
    return this.#end("SIGTERM");
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<number | undefined> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? undefined;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
    return child.exitCode ?? undefined;
  }

  /** Ends the process and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGTERM");
    if (this.#mounted) await outputOf("/usr/bin/umount", [this.directory]);
    await rm(join(this.directory, ".."), { recursive: true, force: true });
  }
}

/** Any HTTP answer will do: an unsigned request is refused, but it is answered. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await (await fetch(endpoint)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
