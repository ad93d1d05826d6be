import { setMaxListeners } from "node:events";
import type { Runtime } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { ownCommand } from "./own-command.ts";
import { reportCrash, runCommandLine } from "./run-command-line.ts";

// The SDK's version is pinned and runs on this Node; its notice is for us, not for the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const interrupt = new AbortController();
// Every transfer in flight listens; Node warns of more than ten.
setMaxListeners(0, interrupt.signal);
let signalCode: number | undefined;
for (const [signal, code] of [
  ["SIGINT", exitCodes.interrupted],
  ["SIGTERM", exitCodes.terminated],
] as const) {
  process.on(signal, () => {
    // The first one ends the work in good order, the second one at once.
    if (interrupt.signal.aborted) process.exit(code);
    signalCode = code;
    interrupt.abort(signal);
  });
}
let outputError: NodeJS.ErrnoException | undefined;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of the pipe has seen enough, as `| head` has. Transfers are ended in good order.
  outputError ??= error;
  interrupt.abort(error.code);
});
// There is nobody left to tell; the work itself may still go on, and its exit code tells its end.
process.stderr.on("error", () => undefined);

const args = process.argv.slice(2);
const runtime: Runtime = {
  environment: process.env,
  useProfile: (profile) => {
    process.env["AWS_PROFILE"] = profile;
  },
  cwd: process.cwd(),
  // Node makes it when it is first asked for.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupt.signal,
  // Not a signal sent to itself, which on Windows would end it without a word.
  interrupt: () => void process.emit("SIGINT", "SIGINT"),
  outputError: () => outputError,
  ownCommand: ownCommand({
    script: process.argv[1] ?? "",
    cwd: process.cwd(),
    path: process.env["PATH"],
    isRunByNpm: ["npm_command", "npm_lifecycle_event"].some((name) => name in process.env),
  }),
};
// Rejections that nobody handles come here as well.
process.on("uncaughtException", (error) => process.exit(reportCrash(error, args, runtime)));

// Not awaited at the top, which a bundle that is not a module cannot do. It never rejects.
void run();

async function run(): Promise<void> {
  // Some waits, as for a fresh session, hold nothing open by themselves.
  const alive = setInterval(() => undefined, 2 ** 30);
  const code = await runCommandLine(args, runtime);
  clearInterval(alive);
  // A server that was told to stop and did has succeeded; a copy that was cut short has not.
  process.exitCode = code === exitCodes.ok ? code : (signalCode ?? code);
}
