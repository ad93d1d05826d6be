import type { Command } from "commander";
import { paceOptions } from "../pace-options.ts";
import { selectionOptions } from "../selection-options.ts";
import { storedOptions } from "./stored-options.ts";

/** What `cp` and `mv` have in common; read back by `readCopy`. */
export function copyOptions(command: Command): Command {
  selectionOptions(
    command
      .usage("[options] <source...> <target>")
      .argument("<source>", "file, folder or s3://BUCKET/KEY; wildcards in keys are read")
      .argument("<target...>", "further sources, and the target at the end")
      .option("-r, --recursive", "everything below a folder or prefix")
      .option("--raw", "wildcards in keys are characters like others"),
  )
    .option("--from-list <file>", "only the keys, or paths below a folder, of a list; - is stdin")
    .option("-0, --null", "each entry of the list ends with NUL, not with a line end")
    .option("--inventory", "the list is CSV of S3 Inventory, gzip too")
    .option("--no-overwrite", "fail where the target exists already")
    .option("--if-newer", "only where the source was changed after the target");
  return paceOptions(storedOptions(command))
    .option("--follow-symlinks", "links to folders too; default: links to files alone")
    .option("--no-follow-symlinks", "leave out all links")
    .option(
      "--case-conflict <how>",
      "names that differ in case only: probe the target's file system, assume it, or ignore",
      "probe",
    )
    .option("--no-resume", "begin large files anew, and leave nothing of them when cut short")
    .option("--source-endpoint-url <url>", "the sources are on another store")
    .option("--source-region <region>", "region of the sources")
    .option("--source-profile <name>", "AWS profile for the sources")
    .option("--source-dotenv <file>", "settings of the sources' store")
    .option("--dry-run", "show what would be done, do nothing");
}

/** For the help of both. */
export const copyHelp = `
Targets:
  Several sources, wildcards and lists go into a folder: end it with /, or name one that is there.
  Of one folder or prefix the contents are copied, several keep their names. What a wildcard finds
  keeps its path from the last / before the wildcard on. Of two sources for one target neither
  is overwritten by the other: it is refused, or told. Times of files are kept, as rclone keeps them.
`;
