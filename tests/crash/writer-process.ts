import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const here = import.meta.dirname;
const dist = process.env["SMS_DIST"] ?? join(here, "..", "..", "dist");

/** One operation that a writer told of; see writer.mjs. */
export interface Told {
  readonly put?: string;
  readonly label?: string;
  readonly copyOf?: string;
  readonly version?: string;
  readonly delete?: string;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly read: number;
  readonly reason?: string;
}

/** A running writer.mjs and what it has said so far. */
export class WriterProcess {
  readonly begun: Told[] = [];
  readonly acknowledged: Told[] = [];
  refusal: Refusal | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #errors = "";

  /** @param shellLimits Shell commands before the start, such as `ulimit -f 100`. */
  constructor(directory: string, round: number, shellLimits = "") {
    if (!existsSync(join(dist, "engine", "open-engine.js"))) {
      throw new Error(`${dist} is not built. Run npm run build.`);
    }
    const node = [process.execPath, join(here, "writer.mjs"), dist, directory, String(round)];
    const [command = "", ...args] =
      shellLimits === "" ? node : ["/bin/sh", "-c", `${shellLimits}; exec "$@"`, "sh", ...node];
    this.#child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error("The writer has no pipes.");
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => this.#hear(line));
    stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#ended = Promise.all([once(this.#child, "exit"), once(lines, "close")]);
  }

  /** Waits until so many operations are acknowledged. */
  async acknowledges(count: number): Promise<void> {
    const until = Date.now() + 15_000;
    while (this.acknowledged.length < count) {
      if (this.#child.exitCode !== null || Date.now() > until) {
        throw new Error(`The writer acknowledged ${this.acknowledged.length}. ${this.#errors}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Throws when the writer died instead of ending by itself. */
  async ends(): Promise<void> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`The writer failed. ${this.#errors}`);
  }

  #hear(line: string): void {
    const space = line.indexOf(" ");
    let facts: unknown;
    try {
      facts = JSON.parse(line.slice(space + 1));
    } catch {
      return; // The last line of a killed process may be cut.
    }
    const what = line.slice(0, space);
    if (what === "begin") this.begun.push(facts as Told);
    if (what === "ack") this.acknowledged.push(facts as Told);
    if (what === "refused") this.refusal = facts as Refusal;
  }
}
