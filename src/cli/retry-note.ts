import type { ClientEvent } from "../client/client-event.ts";
import { printableLines } from "./format.ts";
import type { Output } from "./output.ts";

/** Shorter waits are not reported. */
const silentMs = 3000;

/** Says once, while a command waits for a store in trouble, what it waits for. */
export function retryNote(output: Pick<Output, "note">): (event: ClientEvent) => void {
  let isSaid = false;
  return (event) => {
    if (isSaid || event.type !== "retry" || event.waitedMs + event.delayMs < silentMs) return;
    isSaid = true;
    output.note(`${printableLines(event.message)} It is being tried again; Ctrl-C stops it.`);
  };
}
