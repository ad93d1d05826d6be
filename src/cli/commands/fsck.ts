import { countOf } from "../../core/count-of.ts";
import { isStorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import type { FsckReport } from "../../engine/fsck.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable } from "../format.ts";
import { flagOption, textOption } from "../option-values.ts";

const stopFirst = "Stop that server first: fsck has to have the folder for itself.";

/** Objects named in the text; --json has more. */
const objectsShown = 20;

export const fsckCommand: CommandDefinition = {
  name: "fsck",
  define: (command) =>
    command
      .summary("look at the data of the embedded server, and repair them")
      .description(
        "Goes through the index page by page, through the second record of it, and compares both " +
          "with the files of objects. The server must be stopped. Without --repair nothing is " +
          "changed. With it a damaged index is rebuilt from the second record, exactly where that " +
          "is whole; the damaged one is put aside, and nothing is removed.",
      )
      .option("--data-dir <folder>", "where the data live; default: the user's data folder")
      .option("--bytes", "read every file of objects, too, and compare it with its checksums")
      .option("--repair", "rebuild what is damaged")
      .addHelpText(
        "after",
        examples(
          ["Is everything there?", "sms-storage fsck"],
          ["Is every byte what was written?", "sms-storage fsck --bytes"],
          ["Rebuild a damaged index", "sms-storage fsck --repair"],
        ),
      ),
  run: async (context, _args, options) => {
    const path = await import("node:path");
    const { defaultDataFolder } = await import("../../open/data-folder.ts");
    const { fsck } = await import("../../engine/fsck.ts");
    const directory =
      textOption(options, "dataDir") ?? defaultDataFolder(context.runtime.environment);
    const repair = flagOption(options, "repair");
    const bytes = flagOption(options, "bytes");
    const report = await fsck(path.join(directory, "store"), { repair, bytes }).catch(
      (error: unknown) => {
        throw isStorageError(error, "Conflict")
          ? restateError(error, { remedy: stopFirst })
          : error;
      },
    );
    await context.output.result({ type: "fsck", ...report }, describe(report));
    for (const line of advice(report, repair)) context.output.warn(line);
    return report.sound ? exitCodes.ok : exitCodes.checkFailed;
  },
};

function describe(report: FsckReport): string {
  const { index, redo, rebuilt, store, bytes } = report;
  const rows: string[][] = [
    ["index", describeIndex(index)],
    ["second record", redo.whole ? "whole" : "not whole"],
  ];
  if (rebuilt !== undefined) {
    rows.push(["rebuilt", rebuilt.how === "exact" ? "exactly" : "as far as rows could be read"]);
    if (rebuilt.aside !== undefined) rows.push(["damaged index", rebuilt.aside]);
  }
  if (store !== undefined) {
    rows.push(
      ["objects", `${store.versions} versions, ${store.uploads} open uploads`],
      ["files", `${store.files}, ${store.missingFiles.length} missing or too short`],
      ["files of nothing", String(store.orphans.length + report.quarantinedFiles)],
      ["incomplete objects", String(store.incompleteCount)],
      ["rows to correct", String(store.wrongRows)],
    );
  }
  if (bytes !== undefined) {
    rows.push([
      "bytes read",
      `${bytes.bytes} in ${countOf(bytes.files, "file")}, ${bytes.damagedFiles} damaged`,
    ]);
  }
  const problems = rebuilt === undefined ? (index?.problems ?? []) : [];
  return [formatTable(rows), ...problems, ...namesOf(store)].join("\n");
}

function namesOf(store: FsckReport["store"]): string[] {
  return (store?.incomplete ?? [])
    .slice(0, objectsShown)
    .map(({ bucket, key, versionId, uploadId, why }) => {
      const which = versionId === undefined ? `upload ${uploadId ?? ""}` : `version ${versionId}`;
      return `${bucket}/${key} (${which}): ${why}`;
    });
}

function describeIndex(index: FsckReport["index"]): string {
  if (index === undefined) return "none";
  if (index.problemCount > 0) return `damaged: ${index.problemCount} problems`;
  return `sound: ${index.rows} rows on ${index.pages} pages`;
}

function advice({ sound, redo, store, rebuilt }: FsckReport, repair: boolean): string[] {
  if (sound) return [];
  if (store === undefined) {
    return [
      redo.whole
        ? "The index is damaged. --repair rebuilds it exactly from the second record."
        : "The index is damaged, and the second record of it is not whole: --repair keeps what can " +
          "be read of both. Restore a backup instead if you have one.",
    ];
  }
  if (store.incompleteCount > 0) {
    return [
      "Objects whose bytes are missing or damaged answer with an error. Put their files back from a backup, or " +
        "delete the objects.",
    ];
  }
  return repair || rebuilt !== undefined ? [] : ["--repair corrects the rows."];
}
