import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand, type CommandResult } from "./run-command.ts";

const guide = fileURLToPath(new URL("set-up-guide.sh", import.meta.url));

/** A reader who pastes the guide's commands into one shell, block by block. */
export class GuideSession {
  readonly #blocks: ReadonlyMap<string, string>;
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #run = new Set<string>();

  private constructor(
    blocks: ReadonlyMap<string, string>,
    env: Readonly<Record<string, string>>,
    folder: string,
  ) {
    this.#blocks = blocks;
    this.#env = env;
    this.#folder = folder;
  }

  /** `folder` is the working directory and stands for the guide's /tmp. */
  static async open(env: Readonly<Record<string, string>>, folder: string): Promise<GuideSession> {
    const blocks = new Map<string, string>();
    for (const block of (await readFile(guide, "utf8")).split(/^##! /m).slice(1)) {
      const [name = ""] = block.split("\n", 1);
      blocks.set(name, block.slice(name.length).replaceAll("/tmp/", `${folder}/`));
    }
    return new GuideSession(blocks, env, folder);
  }

  /** Runs a block until its first command that fails. */
  async run(name: string): Promise<CommandResult> {
    const block = this.#blocks.get(name);
    if (block === undefined) throw new Error(`the guide has no block ${name}`);
    this.#run.add(name);
    const state = join(this.#folder, "exported-variables");
    const script = [
      "set -e -o pipefail",
      `if [ -e '${state}' ]; then . '${state}'; fi`,
      `trap "export -p > '${state}'" EXIT`,
      block,
    ];
    return runCommand("/bin/bash", ["-c", script.join("\n")], {
      env: this.#env,
      cwd: this.#folder,
    });
  }

  /** An exported variable's value. */
  async variable(name: string): Promise<string> {
    const state = join(this.#folder, "exported-variables");
    const script = `. '${state}'; printf %s "$${name}"`;
    return (await runCommand("/bin/bash", ["-c", script], { env: this.#env })).stdout;
  }

  /** Blocks of the guide that nobody has run. */
  get unused(): string[] {
    return [...this.#blocks.keys()].filter((name) => !this.#run.has(name));
  }
}
