import { open } from "node:fs/promises";
import { localFileError } from "../../transfer/local/local-file-error.ts";
import type { ListFormat } from "../../transfer/selection/read-list.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, type OptionValues } from "../option-values.ts";

/** Which list, and whose keys count in it. */
export interface ListSource {
  /** `-` is standard input. */
  readonly file: string;
  readonly bucket: string | undefined;
}

/** Opens the list of `--from-list`, in the form that `--null` and `--inventory` say. Throws UsageError. */
export async function openList(
  { runtime }: CommandContext,
  options: OptionValues,
  { file, bucket }: ListSource,
): Promise<AsyncIterable<string>> {
  const isNull = flagOption(options, "null");
  const isInventory = flagOption(options, "inventory");
  if (isNull && isInventory) {
    throw new UsageError("A list is either of --null or of --inventory.", "Leave one out.");
  }
  const { readList } = await import("../../transfer/selection/read-list.ts");
  return readList({
    name: file === "-" ? "the list from standard input" : file,
    bytes: file === "-" ? runtime.stdin : await openFile(file),
    format: listFormat(isNull, isInventory),
    ...(bucket !== undefined && { bucket }),
  });
}

function listFormat(isNull: boolean, isInventory: boolean): ListFormat {
  if (isNull) return "nul";
  return isInventory ? "inventory" : "lines";
}

async function openFile(file: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const handle = await open(file);
    const stats = await handle.stat();
    if (!stats.isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw localFileError("fromList", file, error);
  }
  throw new UsageError(`${file} is a folder and no list.`, "Name a file, or - for standard input.");
}
