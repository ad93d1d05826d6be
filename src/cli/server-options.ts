import type { Command } from "commander";
import { defaultDataFolder } from "../open/data-folder.ts";
import type { ServerTlsWish } from "../open/server-tls.ts";
import { UsageError } from "./exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "./option-values.ts";

/** S3-compatible servers usually listen here. */
const defaultPort = 9000;

/** The options that `server` and `start` share. */
export function addServerOptions(command: Command): Command {
  return command
    .option("--port <port>", "TCP port; 0 takes any free one", String(defaultPort))
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option(
      "--tls-cert <file>",
      "speak HTTPS with this PEM certificate and its chain; read again on SIGHUP",
    )
    .option("--tls-key <file>", "the PEM key of --tls-cert")
    .option(
      "--tls-self-signed",
      "speak HTTPS with a certificate made here; its authority is DATA/tls/ca.pem",
    )
    .option(
      "--trusted-proxy <network>",
      "believe X-Forwarded-For and -Proto from here; repeatable",
      collect,
      [],
    )
    .option(
      "--allow-sigv2-links",
      "take links and forms of Signature Version 2, as boto3 makes them by default",
    )
    .option(
      "--allow-plain-http",
      "listen beyond this machine without TLS: behind a proxy, in a trusted network",
    )
    .option("--max-connections <number>", "open at a time; default: 10000, as descriptors allow")
    .option("--data-dir <folder>", "where the data live; default: the user's data folder")
    .option("--master-key-file <file>", "where the key of the encryption is kept; default: in DATA")
    .option("--world <file>", "accounts, policies, keys and more, from YAML; read again on change")
    .option(
      "--sso <approval>",
      "let the user developer sign in at the SSO portal: approved on its page, or automatic",
    )
    .option("--ephemeral", "keep nothing: a temporary folder, removed at the end");
}

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Undefined: a temporary one. */
  readonly directory: string | undefined;
  /** Undefined: in the data folder. */
  readonly masterKeyFile: string | undefined;
  readonly worldFile: string | undefined;
  readonly ssoApproval: "page" | "automatic" | "off";
  readonly tls: ServerTlsWish | undefined;
  readonly trustedProxies: readonly string[];
  readonly sigV2Links: boolean;
  readonly plainHttp: boolean;
  readonly maxConnections: number | undefined;
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
    port: readPort(textOption(options, "port") ?? "", "--port"),
    host: textOption(options, "host") ?? "",
    directory: ephemeral
      ? undefined
      : (textOption(options, "dataDir") ?? defaultDataFolder(environment)),
    masterKeyFile: textOption(options, "masterKeyFile"),
    worldFile: textOption(options, "world"),
    ssoApproval: readSso(textOption(options, "sso")),
    tls: readTls(options),
    trustedProxies: Array.isArray(options["trustedProxy"])
      ? options["trustedProxy"].map(String)
      : [],
    sigV2Links: flagOption(options, "allowSigv2Links"),
    plainHttp: flagOption(options, "allowPlainHttp"),
    maxConnections: readConnections(textOption(options, "maxConnections")),
  };
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** Whoever reaches the page from this machine may approve, so it is off until it is asked for. */
function readSso(text: string | undefined): ServerOptions["ssoApproval"] {
  if (text === undefined) return "off";
  if (text === "page" || text === "automatic") return text;
  throw new UsageError(`--sso ${text} is neither page nor automatic.`);
}

function readTls(options: OptionValues): ServerTlsWish | undefined {
  const certFile = textOption(options, "tlsCert");
  const keyFile = textOption(options, "tlsKey");
  const selfSigned = flagOption(options, "tlsSelfSigned");
  if (selfSigned && (certFile ?? keyFile) !== undefined) {
    throw new UsageError(
      "--tls-self-signed and --tls-cert contradict each other.",
      "Leave one out.",
    );
  }
  if (selfSigned) return { selfSigned };
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  if (certFile === undefined && keyFile === undefined) return undefined;
  throw new UsageError("--tls-cert and --tls-key belong together.", "Give both.");
}

function readConnections(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d{1,7}$/.test(text) && count > 0) return count;
  throw new UsageError(
    `--max-connections ${text} is no number of connections.`,
    "Give a whole number from 1 to 9999999.",
  );
}

export function readPort(text: string, flag: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`${flag} ${text} is not a port.`, "Give a number from 0 to 65535.");
}
