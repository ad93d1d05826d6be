import type { Command } from "commander";
import { paceOptions } from "../pace-options.ts";
import { selectionOptions } from "../selection-options.ts";

/** What all commands take that look at two trees; read back by `withTrees`. */
export function treeOptions(command: Command): Command {
  return paceOptions(selectionOptions(command))
    .option("--follow-symlinks", "links to folders too; default: links to files alone")
    .option("--no-follow-symlinks", "leave out all links")
    .option("--source-endpoint-url <url>", "the first place is on another store")
    .option("--source-region <region>", "region of the first place")
    .option("--source-profile <name>", "AWS profile for the first place")
    .option("--source-dotenv <file>", "settings of the first place's store");
}

/** The same for those that compare them; read back by `readComparison` and `withTrees`. */
export function comparisonOptions(command: Command): Command {
  return treeOptions(command)
    .option("--size-only", "compare sizes alone")
    .option("--checksum", "read files anew, whatever is remembered of them")
    .option("--no-index", "neither use what earlier runs have seen nor remember anything");
}
