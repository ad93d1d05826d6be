import { openObject } from "../transfer/download/open-object.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { RangeReadOptions } from "../transfer/transfer-options.ts";
import type { FileReading } from "./file-service.ts";
import { toFileStat } from "./stat.ts";

export async function readFile(
  context: TransferContext,
  key: string,
  options: RangeReadOptions = {},
): Promise<FileReading> {
  const { head, body } = await openObject(context, key, options);
  return { stat: toFileStat(head), body };
}
