import { createInterface } from "node:readline";
import { StorageError } from "../../core/errors.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import { atQuestion, type CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { printableLines } from "../format.ts";

/** An answer that cannot be meant; its message says why, and the question is asked again. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

export interface Question<T> {
  readonly text: string;
  /** Shown in brackets and taken for an empty answer; undefined: one has to be given. */
  readonly usual: string | undefined;
  /** What an answer means, in which nothing is left of blanks around it. Throws BadAnswer. */
  readonly read: (answer: string) => T | Promise<T>;
}

/** One conversation at a terminal: a line a question. */
export interface Questions {
  /**
   * Asks until the answer is good. Throws Aborted when the input ends or Ctrl-C is pressed, UsageError
   * after too many bad answers.
   */
  ask<T>(question: Question<T>): Promise<T>;
  /** Never fulfilled; throws Aborted at Ctrl-C, also while no question is open. */
  readonly interrupted: Promise<never>;
  close(): void;
}

/** Whether somebody is there who can be asked. */
export function isAtTerminal({ runtime, output }: CommandContext): boolean {
  return runtime.stdin.isTTY && runtime.stderr.isTTY && !output.json;
}

/**
 * By Node's own readline: lines can be edited, pasted all at once, read by a screen reader and typed by a
 * program. One reader for the whole conversation, since a second one would lose what was typed ahead.
 */
export function openQuestions({ runtime, output }: CommandContext): Questions {
  const { stdin, stderr, signal } = runtime;
  const reader = createInterface({ input: stdin, output: stderr, historySize: 0 });
  const typed: string[] = [];
  let hasEnded = false;
  let wake: (() => void) | undefined;
  const notify = (): void => wake?.();
  reader.on("line", (line) => (typed.push(line), notify()));
  reader.on("close", () => ((hasEnded = true), notify()));
  // The reader gets Ctrl-C as a key; it is to do what it does everywhere.
  reader.on("SIGINT", () => runtime.interrupt?.());
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => {
      if (wake !== undefined) stderr.write("\n");
      reject(stopped("Stopped"));
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  // Whether anybody waits for it or not.
  interrupted.catch(() => undefined);
  const nextLine = async (prompt: string): Promise<string> => {
    if (typed.length === 0 && !hasEnded) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      reader.setPrompt(prompt);
      reader.prompt();
      await Promise.race([interrupted, woken]);
      wake = undefined;
    } else {
      stderr.write(`${prompt}${typed[0] ?? ""}\n`);
    }
    const line = typed.shift();
    if (line !== undefined) return line;
    stderr.write("\n");
    throw stopped("The input ended");
  };
  return {
    interrupted,
    close: () => reader.close(),
    ask: async ({ text, usual, read }) => {
      const lines = text.split("\n");
      const hint = usual === undefined ? "" : ` [${usual}]`;
      const prompt = `${output.inOwnWords(lines.pop() ?? "")}${hint}: `;
      if (lines.length > 0) stderr.write(`${lines.join("\n")}\n`);
      for (let attempt = 1; attempt <= setupLimits.badAnswers; attempt += 1) {
        const line = (await nextLine(prompt)).trim();
        const answer = line === "" ? usual : line;
        try {
          if (answer === undefined) throw new BadAnswer("There has to be an answer.");
          return await read(answer);
        } catch (error) {
          if (!(error instanceof BadAnswer)) throw error;
          output.note(`  ${printableLines(error.message)}`);
        }
      }
      throw new UsageError(`${setupLimits.badAnswers} answers to one question did not fit.`);
    },
  };
}

function stopped(how: string): StorageError {
  return new StorageError("Aborted", `${how} at the questions; nothing was changed.`, {
    operation: "setup",
    details: { [atQuestion]: "yes" },
    remedy: "Ask again with sms-storage setup --wizard, or say all of it with flags.",
  });
}

/** A question with a yes or a no. */
export function yesOrNo(text: string, usual: boolean): Question<boolean> {
  return {
    text,
    usual: usual ? "Y/n" : "y/N",
    read: (answer) => {
      if (answer === "Y/n" || /^y(es)?$/i.test(answer)) return true;
      if (answer === "y/N" || /^no?$/i.test(answer)) return false;
      throw new BadAnswer("Answer y or n.");
    },
  };
}

export interface Choice<W extends string> {
  readonly word: W;
  readonly meaning: string;
}

/** A question with a few answers, each of which can be given by its number or its word. */
export function oneOf<W extends string>(
  text: string,
  choices: readonly Choice<W>[],
  usual: W,
): Question<W> {
  const lines = choices.map(({ word, meaning }, index) => `  ${index + 1}) ${word}: ${meaning}`);
  return {
    text: `${text}\n${lines.join("\n")}\n${words(choices)}`,
    usual,
    read: (answer) => {
      const byNumber = /^\d+$/.test(answer) ? choices[Number(answer) - 1] : undefined;
      const byWord = choices.find(({ word }) => word.toLowerCase() === answer.toLowerCase());
      const found = byNumber ?? byWord;
      if (found !== undefined) return found.word;
      throw new BadAnswer(`Answer ${words(choices)}, or its number.`);
    },
  };
}

function words(choices: readonly Choice<string>[]): string {
  const all = choices.map(({ word }) => word);
  return `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
