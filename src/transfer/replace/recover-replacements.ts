import {
  callChecks,
  checkArgument,
  isFlag,
  isStore,
  isText,
  isWholeNumber,
  type OptionChecks,
} from "../../core/check-options.ts";
import { takeOptions } from "../../core/take-options.ts";
import { StorageError } from "../../core/errors.ts";
import { replaceLimits } from "../../core/replace-limits.ts";
import type { CallOptions, ListedObject, ObjectStore } from "../../core/object-store.ts";
import { copyAnySize } from "../copy/copy-any-size.ts";
import { headOrMissing } from "../objects/head-or-missing.ts";
import { listPages } from "../objects/list-pages.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { transferContext } from "../transfer-context.ts";
import { discardStaged } from "./discard-staged.ts";
import { isOlderThan } from "./remove-abandoned.ts";
import { sameContents } from "./same-contents.ts";
import { parseStagingKey } from "./staging-key.ts";

/** Which replacements to finish. */
export interface RecoverOptions extends CallOptions {
  /** Where to look; on Qumulo the path of a directory, with its `/`. Default: the whole bucket. */
  readonly prefix?: string;
  /**
   * Younger ones are left, since their writer may be at it. In milliseconds by this machine's clock,
   * default one hour; 0 when no writer is at work any more.
   */
  readonly olderThanMs?: number;
  /** Says what it would do, and does nothing. Default false. */
  readonly dryRun?: boolean;
}

const checks: OptionChecks<RecoverOptions> = {
  ...callChecks,
  prefix: isText,
  olderThanMs: isWholeNumber(0),
  dryRun: isFlag,
};

/** What became of new bytes that waited beside their key. */
export interface RecoveredReplacement {
  readonly stagingKey: string;
  /** Undefined where its name is too long to be told from that of the staged bytes. */
  readonly key: string | undefined;
  readonly sizeBytes: number;
  /**
   * `finished`: the key held nothing, and holds the new bytes now. `removed`: the key holds an object,
   * the old one or a newer, and the bytes beside it are gone. `left`: untouched, as `reason` says.
   */
  readonly action: "finished" | "removed" | "left";
  readonly reason?: string;
}

/**
 * Finishes or takes back replacements in steps that were cut short, by a crash or a lost network. A
 * key that holds nothing gets its newest staged bytes; bytes are only removed once the key is seen to
 * hold an object. It can be cut short itself, and run again. Throws StorageError.
 */
export async function recoverReplacements(
  store: ObjectStore,
  options: RecoverOptions = {},
): Promise<RecoveredReplacement[]> {
  checkArgument("recoverReplacements", "the store", store, isStore);
  const given = takeOptions("recoverReplacements", options, checks);
  return inScope("recover", given, async (scope) => {
    const results: RecoveredReplacement[] = [];
    const found = await findStaged(store, given.prefix ?? "", scope);
    // The newest first: it is what a key that holds nothing gets.
    const newestFirst = found.toSorted((a, b) => +b.lastModified - +a.lastModified);
    for (const staged of newestFirst) results.push(await recoverOne(store, staged, given, scope));
    return results;
  });
}

async function findStaged(
  store: ObjectStore,
  prefix: string,
  { signal }: OperationScope,
): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const page of listPages(store, prefix, { signal })) {
    found.push(...page.objects.filter(({ key }) => parseStagingKey(key)?.isDirectory === false));
    if (found.length > replaceLimits.replacementsHeld) {
      throw new StorageError(
        "QuotaExceeded",
        `There are more than ${replaceLimits.replacementsHeld} replacements that were cut short.`,
        {
          operation: "recover",
          bucket: store.bucket,
          remedy: "Take a longer prefix; none was touched.",
        },
      );
    }
  }
  return found;
}

async function recoverOne(
  store: ObjectStore,
  staged: ListedObject,
  { olderThanMs = replaceLimits.replacementMs, dryRun = false }: RecoverOptions,
  scope: OperationScope,
): Promise<RecoveredReplacement> {
  const { signal } = scope;
  const key = parseStagingKey(staged.key)?.target;
  const facts = { stagingKey: staged.key, key, sizeBytes: staged.sizeBytes };
  const left = (reason: string) => ({ ...facts, action: "left" as const, reason });
  if (key === undefined) {
    return left("its key is too long to be told from this name: write the object again");
  }
  if (!isOlderThan(staged, olderThanMs)) {
    return left(`it is younger than ${olderThanMs} ms, so its writer may be at it`);
  }
  if ((await headOrMissing(store, key, { signal })) !== undefined) {
    if (!dryRun) await discardStaged(store, staged.key);
    return { ...facts, action: "removed" };
  }
  const head = await headOrMissing(store, staged.key, { signal });
  if (head === undefined) return left("it is gone meanwhile");
  if (dryRun) return { ...facts, action: "finished" };
  await copyAnySize(transferContext(store), { from: staged.key, head, to: key, scope });
  const placed = await store.headObject(key, { signal });
  if ((await sameContents(store, head, placed)) === false) {
    return left("the key holds an object of another writer now");
  }
  await discardStaged(store, staged.key);
  return { ...facts, action: "finished" };
}
