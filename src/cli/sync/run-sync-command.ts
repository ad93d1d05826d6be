import type { SyncRequest } from "../../transfer/sync/sync-request.ts";
import type { CommandContext } from "../context.ts";
import { inWordsOfCopy } from "../copy/in-words-of-copy.ts";
import { caseConflicts } from "../copy/read-copy.ts";
import { readStored } from "../copy/stored-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { DeleteLimit, readMaxDelete } from "./may-delete.ts";
import { SyncReport } from "./sync-report.ts";
import { readComparison, withTrees } from "./with-trees.ts";

/** `sync`. Answers the exit code. */
export async function runSyncCommand(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<number> {
  const dryRun = flagOption(options, "dryRun");
  const most = readMaxDelete(textOption(options, "maxDelete"));
  const limit = new DeleteLimit(context, { place: args[1] ?? "", most, dryRun });
  const wishes = {
    dryRun,
    stored: readStored(options),
    comparison: readComparison(options),
    caseConflicts: caseConflicts(options),
    deletes: flagOption(options, "delete"),
    emptySource: flagOption(options, "allowEmptySource"),
    mayDelete: limit.mayDelete,
  };
  const command = { name: "sync", args, resume: options["resume"] !== false };
  try {
    const code = await withTrees(context, command, options, ({ places, memory }) =>
      syncAll(context, { ...wishes, ...places, memory }),
    );
    return limit.isRefused && code === exitCodes.ok ? exitCodes.confirmationRequired : code;
  } catch (error) {
    throw inWordsOfCopy(error);
  }
}

async function syncAll(context: CommandContext, request: SyncRequest): Promise<number> {
  const { runSync } = await import("../../transfer/sync/run-sync.ts");
  const { source, dryRun, signal, selection, emptySource } = request;
  const report = new SyncReport(context, {
    source,
    dryRun,
    mustFit: !selection.isAll && !emptySource,
  });
  try {
    return await report.end(await runSync(request, report.tell));
  } catch (error) {
    throw signal.aborted ? report.stopped(error) : error;
  }
}
