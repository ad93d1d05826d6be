import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { Output } from "./output.ts";

/** DEL, C1's CSI, a line separator, a mark that turns the direction, and what JSON escapes itself. */
const hostile = "a\u007f\u009b2J\u2028\u202Egpj\u2066\u001b[2J\nb \u{1F600}";
const unsafe = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

function outputAs(json: boolean) {
  const printed: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => printed.push(chunk));
  const terminal = stream as unknown as NodeJS.WriteStream;
  const output = new Output({
    json,
    quiet: false,
    color: "never",
    ownCommand: "node dist/main.js",
    stdout: terminal,
    stderr: terminal,
  });
  return { output, printed: () => Buffer.concat(printed).toString("utf8") };
}

/** How each says the text, and how it comes back from JSON. */
const ways: readonly (readonly [string, (output: Output) => unknown, object])[] = [
  [
    "result",
    (output) => output.result({ type: "object", key: hostile }, undefined),
    { key: hostile },
  ],
  ["warn", (output) => output.warn("a\u009b2J"), { message: "a\\x9b2J" }],
  [
    "error",
    (output) => output.error(new StorageError("NotFound", hostile, { key: hostile })),
    { message: hostile, key: hostile },
  ],
  ["log", (output) => output.log({ type: "request", key: hostile }, hostile), { key: hostile }],
];

it.each(ways)("%s with --json is one line that no terminal acts upon", async (_, say, meant) => {
  const { output, printed } = outputAs(true);
  await say(output);
  const text = printed();
  expect(text.trimEnd()).not.toMatch(unsafe);
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(JSON.parse(text)).toMatchObject(meant);
});

it.each(ways.slice(1))("%s as text leaves nothing for a terminal to act upon", async (_, say) => {
  const { output, printed } = outputAs(false);
  await say(output);
  expect(printed()).not.toMatch(unsafe);
  expect(printed()).toContain("\\x9b2J");
});

it.each([true, false])("names calls of this program as the shell knows them, json %s", (json) => {
  const { output, printed } = outputAs(json);
  const remedy =
    "Run sms-storage ls, or `sms-storage --help`; a bug in sms-storage; /sms-storage x";
  output.error(new StorageError("NotFound", "sms-storage ls is a key.", { remedy }));
  output.warn("See sms-storage fsck.");
  const said = printed();
  expect(said).toContain("Run node dist/main.js ls, or `node dist/main.js --help`; a bug in sms-");
  expect(said).toContain("; /sms-storage x");
  expect(said).toContain("sms-storage ls is a key.");
  expect(said).toContain("See node dist/main.js fsck.");
});

it("escapes what a terminal acts upon in notes and progress, and keeps colours of its own", () => {
  const printed: string[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => printed.push(chunk.toString("utf8")));
  const terminal = Object.assign(stream, { isTTY: true, columns: 80 });
  const output = new Output({
    json: false,
    quiet: false,
    color: "auto",
    ownCommand: "x",
    stdout: terminal as unknown as NodeJS.WriteStream,
    stderr: terminal as unknown as NodeJS.WriteStream,
  });
  output.note("\u001b[32mok\u001b[39m \u001b]0;title\u0007\u001b[8mhidden\u009b2J\nnext");
  expect(printed.join("")).toBe(
    "\u001b[32mok\u001b[39m \\x1b]0;title\\x07\\x1b[8mhidden\\x9b2J\nnext\n",
  );
  printed.length = 0;
  output.progress("a\u001b[2J\nb");
  expect(printed.join("")).toBe("\r\u001b[2Ka\\x1b[2J\\x0ab");
});

it("prints the results of one turn in one write, and before what is said after them", async () => {
  const { output, printed } = outputAs(false);
  const results = Promise.all([output.result({}, "one"), output.result({}, "two")]);
  expect(printed()).toBe("");
  output.note("half-way");
  expect(printed()).toBe("one\ntwo\nhalf-way\n");
  await results;
  await Promise.all([output.result({}, "three"), output.result({}, undefined)]);
  expect(printed()).toBe("one\ntwo\nhalf-way\nthree\n");
});

it("waits with its results for a reader that is slow", async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const terminal = stream as unknown as NodeJS.WriteStream;
  const shared = { json: false, quiet: false, color: "never", ownCommand: "x" } as const;
  const output = new Output({ ...shared, stdout: terminal, stderr: terminal });
  let isOut = false;
  const result = output.result({}, "a line that fills the pipe").then(() => (isOut = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isOut).toBe(false);
  stream.resume();
  await result;
  expect(isOut).toBe(true);
});
