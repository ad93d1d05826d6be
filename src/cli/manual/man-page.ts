import type { EventEmitter } from "node:events";
import type { Command, Option } from "commander";
import { globalOptionsGroup, namesOf } from "../describe-program.ts";

/** `sms-storage-uploads-ls`: what `man` finds the page by, and the name of its file without `.1`. */
export function manPageName(command: Command): string {
  return namesOf(command).join("-");
}

/** The manual page of a command, out of what `--help` shows, in the macros of man(7). */
export function manPage(command: Command, version: string): string {
  const name = manPageName(command);
  const sections = [
    `.TH ${name.toUpperCase()} 1 "" "sms-storage ${version}" "User Commands"`,
    section("NAME", `${escaped(name)} \\- ${escaped(command.summary() || command.description())}`),
    section("SYNOPSIS", synopsis(command)),
    section("DESCRIPTION", paragraph(command.description())),
    argumentsSection(command),
    commandsSection(command),
    ...optionSections(command),
    afterHelp(command),
    seeAlso(command),
  ];
  return `${sections.filter((text) => text !== "").join("\n")}\n`;
}

function section(title: string, body: string): string {
  return body === "" ? "" : `.SH ${title}\n${body}`;
}

function synopsis(command: Command): string {
  return `.B ${escaped(namesOf(command).join(" "))}\n${escaped(command.usage())}`;
}

function argumentsSection(command: Command): string {
  const items = command.registeredArguments.map((argument) =>
    item(italic(argument.name()), argument.description),
  );
  return section("ARGUMENTS", items.join("\n"));
}

function commandsSection(command: Command): string {
  const items = command
    .createHelp()
    .visibleCommands(command)
    .map((child) => item(bold(child.name()), child.summary() || child.description()));
  return section("COMMANDS", items.join("\n"));
}

function optionSections(command: Command): string[] {
  const options = command.createHelp().visibleOptions(command);
  const own = options.filter((option) => !isGlobal(option)).map(optionItem);
  const everywhere = options.filter(isGlobal).map(optionItem);
  return [
    section("OPTIONS", own.join("\n")),
    section("OPTIONS OF EVERY COMMAND", everywhere.join("\n")),
  ];
}

function isGlobal({ helpGroupHeading }: Option): boolean {
  return helpGroupHeading === globalOptionsGroup;
}

function optionItem({ flags, description, defaultValue }: Option): string {
  const text =
    typeof defaultValue === "string" ? `${description} (default: ${defaultValue})` : description;
  return item(bold(flags), text);
}

/** What stands below the options: examples and further sections, a heading with a colon before each. */
function afterHelp(command: Command): string {
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  // As `outputHelp` does it; the types do not tell that a Command is an emitter.
  const emitter = command as unknown as EventEmitter;
  emitter.emit("afterHelp", { error: false, command, write });
  const blocks = text.split(/^(?=[A-Z][\w ]*:$)/m).filter((block) => block.trim() !== "");
  return blocks.map(helpBlock).join("\n");
}

function helpBlock(block: string): string {
  const heading = /^([A-Z][\w ]*):\n/.exec(block);
  const body = verbatim(block.slice(heading?.[0].length ?? 0));
  return section((heading?.[1] ?? "NOTES").toUpperCase(), body);
}

function seeAlso(command: Command): string {
  const near = command.parent === null ? [] : [command.parent];
  const children = command.createHelp().visibleCommands(command);
  const others = [...near, ...children.filter((child) => child.name() !== "help")];
  const names = others.map((other) => `${bold(manPageName(other))}(1)`);
  return section("SEE ALSO", names.join(",\n"));
}

function item(term: string, text: string): string {
  return `.TP\n${term}\n${paragraph(text)}`;
}

/** Lines as they are, but for what all of them are indented by. */
function verbatim(text: string): string {
  const lines = text.trimEnd().replace(/^\n+/, "").split("\n");
  const filled = lines.filter((line) => line !== "");
  const indent = Math.min(...filled.map((line) => line.search(/\S|$/)));
  return `.nf\n${lines.map((line) => escaped(line.slice(indent))).join("\n")}\n.fi`;
}

function paragraph(text: string): string {
  return escaped(text.replaceAll(/\s+/g, " ").trim());
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** Text as it is: roff takes a backslash, a dot or quote that begins a line, and a dash for its own. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^[.']/gm, "\\&$&");
}
