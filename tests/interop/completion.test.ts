import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownCommand } from "./own-server.ts";
import { outputOf, runCommand } from "./run-command.ts";

// The shells and manual readers of the distribution judge what we make for them.

let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-completion-"));
  const bin = join(folder, "bin");
  await mkdir(bin);
  const words = [process.execPath, ...ownCommand].map((word) => `'${word}'`).join(" ");
  await writeFile(join(bin, "sms-storage"), `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(join(bin, "sms-storage"), 0o755);
  env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder, TERM: "xterm" };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("completion", () => {
  it("works in fish", async () => {
    const script = `
      sms-storage completion fish | source
      complete -C 'sms-storage upl'
      complete -C 'sms-storage uploads a'
      complete -C 'sms-storage ls --human'
      complete -C 'sms-storage cp ./b'
    `;
    const text = await outputOf("fish", ["--no-config", "-c", script], { env, cwd: folder });
    expect(text.split("\n")).toEqual([
      "uploads\tlist or abort unfinished uploads",
      "abort\tabort unfinished uploads",
      "--human-readable\tsizes as KiB, MiB, ...",
      expect.stringMatching(/^\.\/bin\//),
      "",
    ]);
  });

  it("works at the keys of zsh", async () => {
    // In a terminal of its own: completed twice, the line is a command that prints its own words.
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f
      zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(sms-storage completion zsh)"'
      zpty -w shell 'print rea""dy'
      zpty -r -m shell seen '*ready*'
      zpty -w -n shell $'sms-storage upl\\tab\\t'
      zpty -w shell $'\\x01print -r -- "<\\x05>"; print do""ne'
      zpty -r -m shell seen '*done*'
      print -r -- "$seen"
    `;
    const text = await outputOf("zsh", ["-f", "-c", script], { env, cwd: folder });
    expect(text).toContain("<sms-storage uploads abort>");
  });
});

describe("manual pages", () => {
  it("are read without an error by mandoc and by man", async () => {
    await outputOf("sms-storage", ["man", "--all", "pages"], { env, cwd: folder });
    const pages = await readdir(join(folder, "pages"));
    expect(pages).toContain("sms-storage-ls.1");
    for (const page of pages) {
      const path = join("pages", page);
      const lint = await runCommand("mandoc", ["-T", "lint", "-W", "error", path], {
        env,
        cwd: folder,
      });
      expect(lint).toMatchObject({ exitCode: 0, stdout: "" });
    }
    const text = await outputOf("man", ["-l", "pages/sms-storage-ls.1"], {
      env: { ...env, MANPAGER: "cat", MANWIDTH: "80" },
      cwd: folder,
    });
    expect(text).toMatch(/--human-readable\n +sizes as KiB, MiB, /);
  });
});
