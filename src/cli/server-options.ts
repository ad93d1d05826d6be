import type { Command } from "commander";
import { defaultDataFolder } from "../open/data-folder.ts";
import { UsageError } from "./exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "./option-values.ts";

/** S3-compatible servers usually listen here. */
const defaultPort = 9000;

/** The options that `server` and `start` share. */
export function addServerOptions(command: Command): Command {
  return command
    .option("--port <port>", "TCP port; 0 takes any free one", String(defaultPort))
    .option("--host <address>", "address to listen on; it speaks plain HTTP", "127.0.0.1")
    .option("--data-dir <folder>", "where the data live; default: the user's data folder")
    .option("--ephemeral", "keep nothing: a temporary folder, removed at the end");
}

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Undefined: a temporary one. */
  readonly directory: string | undefined;
}

export function readServerOptions(
  options: OptionValues,
  environment: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const { dataDir } = options;
  const ephemeral = flagOption(options, "ephemeral");
  if (ephemeral && dataDir !== undefined) {
    throw new UsageError("--ephemeral and --data-dir contradict each other.", "Leave one out.");
  }
  return {
    port: readPort(textOption(options, "port") ?? ""),
    host: textOption(options, "host") ?? "",
    directory: ephemeral
      ? undefined
      : (textOption(options, "dataDir") ?? defaultDataFolder(environment)),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port ${text} is not a port.`, "Give a number from 0 to 65535.");
}
