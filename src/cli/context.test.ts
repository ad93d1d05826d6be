import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { confirmByName, type CommandContext } from "./context.ts";
import { ConfirmationRequired, UsageError } from "./exit-codes.ts";

/** A command with a terminal at which somebody types. */
function atTerminal(typed: string, isTTY = true): CommandContext {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  stdin.end(typed);
  const runtime = { stdin, stderr, signal: new AbortController().signal };
  return { runtime, output: { json: false } } as unknown as CommandContext;
}

const wish = { name: "bkt", given: undefined, flag: "--confirm" };

it.each([
  ["bkt\n", true],
  [" bkt \n", true],
  ["y\n", false],
  ["BKT\n", false],
  ["\n", false],
  ["", false],
])("takes %j for %s", async (typed, agreed) => {
  expect(await confirmByName(atTerminal(typed), "Delete?", wish)).toBe(agreed);
});

it("asks nobody when the name is given, and refuses another one", async () => {
  const context = atTerminal("no\n");
  expect(await confirmByName(context, "Delete?", { ...wish, given: "bkt" })).toBe(true);
  await expect(confirmByName(context, "Delete?", { ...wish, given: "b" })).rejects.toThrow(
    UsageError,
  );
});

it("says without a terminal which flag is wanted", async () => {
  const refused = confirmByName(atTerminal("bkt\n", false), "Delete?", wish);
  await expect(refused).rejects.toThrow(ConfirmationRequired);
  await expect(refused).rejects.toMatchObject({ remedy: "Run it again with --confirm=bkt." });
});
