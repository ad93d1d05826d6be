import type { GetResult } from "../../core/object-store.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { RangeReadOptions } from "../transfer-options.ts";
import { resumedBody } from "./resumed-body.ts";
import { WholeCheck } from "./whole-check.ts";

const operation = "read";

/** A body that takes itself up again where it broke; a whole one is verified at its end. */
export async function openObject(
  context: TransferContext,
  key: string,
  options: RangeReadOptions = {},
): Promise<Pick<GetResult, "head" | "body">> {
  const result = await context.store.getObject(key, { ...options, verify: false });
  return { head: result.head, body: checkedBody(context, result, options) };
}

async function* checkedBody(
  context: TransferContext,
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
