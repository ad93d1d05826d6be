import { watchLimits } from "../core/archive-limits.ts";
import {
  callChecks,
  isFilledText,
  isFlag,
  isWholeNumber,
  type OptionChecks,
} from "../core/check-options.ts";
import { assertRunning } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { type ObjectEvent, watchPrefix } from "../transfer/watch/watch-prefix.ts";
import { toListingItem, toPrefix } from "./listing.ts";
import type { FileEvent, FileEvents, WatchOptions } from "./watch-types.ts";

export const watchChecks: OptionChecks<WatchOptions> = {
  cursor: isFilledText,
  existing: isFlag,
  intervalMs: isWholeNumber(0, 2 ** 31 - 1),
  signal: callChecks.signal,
};

export async function* watch(
  context: TransferContext,
  path: string,
  options: WatchOptions = {},
): AsyncGenerator<FileEvents, void> {
  const { cursor, existing = false, intervalMs = watchLimits.intervalMs } = options;
  const { signal = new AbortController().signal } = options;
  assertRunning("watch", signal);
  const prefix = toPrefix(context, path, {});
  const wishes = { prefix, cursor, tellsExisting: existing, intervalMs, signal };
  for await (const batch of watchPrefix(context, wishes)) {
    yield { events: batch.events.map(toFileEvent), cursor: () => batch.cursor() };
  }
}

function toFileEvent(event: ObjectEvent): FileEvent {
  if (event.kind === "deleted") return { kind: "deleted", Key: event.key };
  return { kind: event.kind, ...toListingItem(event.object) };
}
