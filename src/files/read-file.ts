import { openObject } from "../transfer/download/open-object.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { RangeReadOptions } from "../transfer/transfer-options.ts";
import type { FileReading } from "./file-service.ts";
import { toFileStat } from "./stat.ts";
import { toKey } from "./to-key.ts";

export async function readFile(
  context: TransferContext,
  path: string,
  options: RangeReadOptions = {},
): Promise<FileReading> {
  const { head, body } = await openObject(context, toKey(context.store.bucket, path), options);
  return { stat: toFileStat(head), body };
}
