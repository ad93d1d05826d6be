import { join } from "node:path";
import type { Command } from "commander";
import { makeFolder } from "../../disk/make-folder.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { packageVersion } from "../package-version.ts";

export const manCommand: CommandDefinition = {
  name: "man",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("print a manual page")
      .description(
        "Prints the manual page of the program or of one command, for man -l. Packages installed with " +
          "npm install -g bring the pages along: man sms-storage-cp.",
      )
      .argument("[command...]", "such as cp, or uploads ls; default: the program")
      .option("--all <folder>", "write the pages of all commands into a folder")
      .addHelpText(
        "after",
        examples(
          ["Read one", "sms-storage man cp | man -l -"],
          ["Make all of them known to man", "sms-storage man --all ~/.local/share/man/man1"],
        ),
      ),
  run: async ({ output }, names, options) => {
    const { Command: Program } = await import("commander");
    const { describeProgram } = await import("../describe-program.ts");
    const { manPage, manPageName } = await import("../manual/man-page.ts");
    const program = describeProgram(new Program("sms-storage"));
    const version = packageVersion();
    const folder = options["all"];
    if (typeof folder !== "string") {
      const page = manPage(findCommand(program, names), version);
      await output.result({ type: "man-page", page }, page.trimEnd());
      return;
    }
    if (names.length > 0) throw new UsageError("--all writes every page.", "Leave the name out.");
    const { writeFile } = await import("node:fs/promises");
    makeFolder(folder);
    const all = withChildren(program);
    for (const command of all) {
      await writeFile(join(folder, `${manPageName(command)}.1`), manPage(command, version));
    }
    output.note(`${all.length} pages written to ${folder}`);
  },
};

function findCommand(program: Command, names: readonly string[]): Command {
  let at = program;
  for (const name of names) {
    const child = visibleChildren(at).find((command) => command.name() === name);
    if (child === undefined) {
      throw new UsageError(
        `There is no command ${names.join(" ")}.`,
        "sms-storage --help lists the commands.",
      );
    }
    at = child;
  }
  return at;
}

function withChildren(command: Command): Command[] {
  return [command, ...visibleChildren(command).flatMap(withChildren)];
}

function visibleChildren(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.filter((child) => child.name() !== "help");
}
