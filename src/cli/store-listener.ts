import type { ClientEvent } from "../client/client-event.ts";
import type { ExchangeEvent, ExchangeListener } from "../core/exchange-event.ts";
import type { KeyTermListener } from "../core/key-term.ts";
import { maskAccessKey } from "../core/mask-secrets.ts";
import { describeSource, type Settings } from "../settings/settings.ts";
import type { CommandContext } from "./context.ts";
import type { Output } from "./output.ts";
import { retryNote } from "./retry-note.ts";

/** What a command hears of its store: waits, and with `--debug` everything. */
interface CommandListener {
  readonly onEvent: (event: ClientEvent) => void;
  readonly onExchange?: ExchangeListener;
  readonly onKeyTerm?: KeyTermListener;
  readonly awaitFreshKeys: true;
}

export function storeListener(
  { output, debug, keys }: Pick<CommandContext, "output" | "debug" | "keys">,
  settings: Settings,
): CommandListener {
  const note = retryNote(output);
  const term = keys === undefined ? {} : { onKeyTerm: keys.note };
  if (!debug) return { onEvent: note, awaitFreshKeys: true, ...term };
  tellKeys(output, settings);
  return {
    ...term,
    awaitFreshKeys: true,
    onEvent: (event) => {
      output.log({ ...event, type: `debug-${event.type}` }, `debug: ${eventLine(event)}`);
      note(event);
    },
    onExchange: (event) => {
      output.log({ ...event, type: `debug-${event.type}` }, `debug: ${exchangeLine(event)}`);
    },
  };
}

/** Keys that stand in the settings; those of AWS's chain tell themselves where they came from. */
function tellKeys(output: Output, settings: Settings): void {
  const isQumulo = settings.storageBackend === "qumulo";
  const name = isQumulo ? "storageQumuloAccessKeyId" : "storageS3AccessKeyId";
  const { [name]: key, sources } = settings;
  const source = sources[name];
  if (key === undefined || source === undefined) return;
  if (sources.awsProfile?.kind === "flag") return;
  const accessKeyId = maskAccessKey(key);
  const event = {
    type: "credentials",
    source: describeSource(source),
    accessKeyId,
    expiration: undefined,
  } as const;
  output.log({ ...event, type: "debug-credentials" }, `debug: ${exchangeLine(event)}`);
}

function eventLine(event: ClientEvent): string {
  if (event.type === "retry") {
    const { operation, attempt, delayMs, reason } = event;
    const again = `again in ${Math.round(delayMs)} ms`;
    return `${operation}: attempt ${attempt} failed (${reason}), ${again}: ${event.message}`;
  }
  return `${event.type}: ${event.detail}`;
}

function exchangeLine(event: ExchangeEvent): string {
  if (event.type === "credentials") {
    const { accessKeyId, source, expiration } = event;
    const end = expiration === undefined ? "" : `, until ${expiration.toISOString()}`;
    return `credentials: access key ${accessKeyId} from ${source}${end}`;
  }
  const about = `#${event.number} ${event.operation}`;
  if (event.type === "request") {
    const headers = Object.entries(event.headers).map(([name, value]) => `${name}: ${value}`);
    return `> ${about} ${event.method} ${event.url} (${headers.join("; ")})`;
  }
  const time = `${event.durationMs.toFixed(1)} ms`;
  if (event.type === "no-answer") return `< ${about} no answer after ${time}: ${event.message}`;
  const id = event.requestId === undefined ? "" : `, request ${event.requestId}`;
  return `< ${about} ${event.status} after ${time}${id}`;
}
