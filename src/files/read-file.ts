import type { GetResult } from "../core/object-store.ts";
import { toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import type { FileReading, RangeReadOptions } from "./file-service.ts";
import { resumedBody } from "./resumed-body.ts";
import { toFileStat } from "./stat.ts";
import { WholeCheck } from "./whole-check.ts";

const operation = "read";

/** A body that takes itself up again where it broke; a whole one is verified at its end. */
export async function readFile(
  context: FileContext,
  path: string,
  options: RangeReadOptions = {},
): Promise<FileReading> {
  const result = await context.store.getObject(toKey(context, path), { ...options, verify: false });
  return { stat: toFileStat(result.head), body: checkedBody(context, result, options) };
}

async function* checkedBody(
  context: FileContext,
  { head, range, body }: GetResult,
  options: RangeReadOptions,
): AsyncGenerator<Uint8Array, void> {
  const check = range === undefined ? new WholeCheck(context, head) : undefined;
  const chunks = resumedBody({
    store: context.store,
    head,
    versionId: options.versionId,
    first: range?.first ?? 0,
    lengthBytes: range === undefined ? head.sizeBytes : range.last - range.first + 1,
    opened: body,
    signal: options.signal,
    hasTimeLimit: options.timeoutMs !== undefined,
  });
  for await (const chunk of chunks) {
    check?.update(chunk);
    yield chunk;
  }
  check?.finish(operation);
}
