import type { KeyTerm } from "../core/key-term.ts";
import { adminLimits } from "../core/limits.ts";
import { formatDuration, formatTime } from "./format.ts";
import type { Output } from "./output.ts";

/** From here on the time left is shown, however short the work. */
const shownFromMs = 15 * 60_000;

/** Knows when the keys in use end for good, and says so while something long goes on. */
export class KeysClock {
  readonly #output: Pick<Output, "note">;
  #term: KeyTerm | undefined;
  #warned = false;

  constructor(output: Pick<Output, "note">) {
    this.#output = output;
  }

  readonly note = (term: KeyTerm): void => {
    this.#term = term;
  };

  /**
   * What belongs into a line of progress: the time left, when it is short or shorter than the work. Says
   * once what to do when the keys end before. `workSeconds` undefined: nobody knows how long it takes.
   */
  timeLeft(nowMs: number, workSeconds: number | undefined): string {
    const end = this.#end(nowMs);
    if (end === undefined) return "";
    const leftMs = end.getTime() - nowMs;
    const outlasts = workSeconds !== undefined && workSeconds * 1000 > leftMs;
    if (outlasts && leftMs > 0) this.#warn(end);
    if (!outlasts && leftMs >= shownFromMs) return "";
    return leftMs <= 0 ? "keys have ended" : `keys end in ${formatDuration(leftMs / 1000)}`;
  }

  /** Keys that are renewed end with the sign-in, or when they should have been renewed and were not. */
  #end(nowMs: number): Date | undefined {
    if (this.#term === undefined) return undefined;
    const { expiration, isRenewed, signInEnds } = this.#term;
    if (!isRenewed || expiration === undefined) return expiration;
    const isOverdue = expiration.getTime() - nowMs < adminLimits.credentialRefreshMs * 0.9;
    if (isOverdue) return expiration;
    // What was handed out before the sign-in's end lasts until its own.
    return signInEnds !== undefined && signInEnds > expiration
      ? signInEnds
      : signInEnds && expiration;
  }

  #warn(end: Date): void {
    if (this.#warned) return;
    this.#warned = true;
    const next =
      this.#term?.isRenewed === true
        ? "Sign in again meanwhile, with `sms-storage login`: it goes on with the fresh keys."
        : "Run it again with fresh keys then: what is done is not done again.";
    this.#output.note(
      `The keys end at ${formatTime(end)} UTC, before this is done at this pace. ${next}`,
    );
  }
}
