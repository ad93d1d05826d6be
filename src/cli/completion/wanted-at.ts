import type { Command, Option } from "commander";
import { kindOfArgument, kindOfOption, type ValueKind } from "./value-kind.ts";

/** A way to go on, as the whole word that would then stand there. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** What can stand at the cursor. */
export interface Wanted {
  /** What the definitions of the commands know: names of commands and options. */
  readonly candidates: readonly Candidate[];
  /** A value to be looked up; `lead` stands before it in the same word, such as `--profile=`. */
  readonly value?: { readonly kind: ValueKind; readonly text: string; readonly lead: string };
  /** Options with a value that stand before the cursor, by their long name without dashes. */
  readonly given: Readonly<Record<string, string>>;
}

/** Reads a command line up to the cursor. `words`: without the program's name; the last is not complete. */
export function wantedAt(program: Command, words: readonly string[]): Wanted {
  const reading = new Reading(program);
  for (const word of words.slice(0, -1)) reading.take(word);
  return reading.wanted(words.at(-1) ?? "");
}

class Reading {
  #command: Command;
  #arguments = 0;
  /** Whose value comes next. */
  #pending: Option | undefined;
  #optionsEnded = false;
  readonly #given: Record<string, string> = {};

  constructor(program: Command) {
    this.#command = program;
  }

  take(word: string): void {
    if (this.#pending !== undefined) {
      this.#note(this.#pending, word);
      this.#pending = undefined;
    } else if (this.#optionsEnded || !/^-./.test(word)) {
      this.#takePlain(word);
    } else if (word === "--") {
      this.#optionsEnded = true;
    } else {
      const [name = "", ...value] = word.split("=");
      const option = this.#find(name);
      if (option === undefined || !takesValue(option)) return;
      if (value.length === 0) this.#pending = option;
      else this.#note(option, value.join("="));
    }
  }

  wanted(word: string): Wanted {
    const given = this.#given;
    if (this.#pending !== undefined) {
      return valueOf(kindOfOption(this.#pending), { text: word, lead: "", given });
    }
    if (word.startsWith("-") && word !== "-" && !this.#optionsEnded) return this.#option(word);
    const subcommands = this.#arguments > 0 ? [] : visible(this.#command.commands);
    const candidates = subcommands
      .filter((command) => command.name().startsWith(word))
      .map((command) => ({ value: command.name(), description: command.summary() }));
    const declared = this.#command.registeredArguments;
    const last = declared.at(-1);
    const argument = declared[this.#arguments] ?? (last?.variadic === true ? last : undefined);
    if (argument === undefined) return { candidates, given };
    return valueOf(kindOfArgument(argument), { text: word, lead: "", given });
  }

  #takePlain(word: string): void {
    const child =
      this.#arguments === 0
        ? this.#command.commands.find((command) => command.name() === word)
        : undefined;
    if (child === undefined) this.#arguments += 1;
    else this.#command = child;
  }

  #option(word: string): Wanted {
    const given = this.#given;
    const equals = word.indexOf("=");
    if (equals !== -1) {
      const option = this.#find(word.slice(0, equals));
      if (option === undefined) return { candidates: [], given };
      const lead = word.slice(0, equals + 1);
      return valueOf(kindOfOption(option), { text: word.slice(equals + 1), lead, given });
    }
    const candidates = this.#command
      .createHelp()
      .visibleOptions(this.#command)
      .map(({ long, short, description }) => ({ value: long ?? short ?? "", description }))
      .filter(({ value }) => value.startsWith(word));
    return { candidates, given };
  }

  #find(name: string): Option | undefined {
    for (let at: Command | null = this.#command; at !== null; at = at.parent) {
      const found = at.options.find(({ long, short }) => long === name || short === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #note(option: Option, value: string): void {
    this.#given[option.name()] = value;
  }
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function visible(commands: readonly Command[]): readonly Command[] {
  const [first] = commands;
  const parent = first?.parent;
  if (parent === undefined || parent === null) return commands;
  return parent.createHelp().visibleCommands(parent);
}

function valueOf(
  kind: ValueKind,
  word: { readonly text: string; readonly lead: string; readonly given: Wanted["given"] },
): Wanted {
  const { text, lead, given } = word;
  return { candidates: [], value: { kind, text, lead }, given };
}
