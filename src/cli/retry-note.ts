import type { ClientEvent } from "../client/client-event.ts";
import { clientLimits } from "../core/limits.ts";
import { printableLines } from "./format.ts";
import type { Output } from "./output.ts";

/** A store that is well again by then is not worth a word. */
const silentMs = 3000;

/** Says once, while a command waits for a store in trouble, what it waits for. */
export function retryNote(output: Pick<Output, "note">): (event: ClientEvent) => void {
  let isSaid = false;
  return (event) => {
    if (event.type === "credentials-awaited") {
      const remedy = printableLines(event.detail);
      output.note(`The session has ended; a fresh one is waited for. ${remedy} Ctrl-C stops it.`);
    }
    if (isSaid || event.type !== "retry") return;
    // A pause longer than any of ours is one that the store asks for.
    if (event.waitedMs < silentMs && event.delayMs <= clientLimits.backoffCapMs) return;
    isSaid = true;
    const message = printableLines(event.message).replace(/[^.!?]$/, "$&.");
    output.note(`${message} It is being tried again; Ctrl-C stops it.`);
  };
}
