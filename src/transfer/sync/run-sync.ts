import { StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type { CopyJob } from "../jobs/copy-job.ts";
import { copyOne, type CopiedObject } from "../jobs/copy-one.ts";
import { runJobs } from "../jobs/run-jobs.ts";
import { byTime, compareItems } from "./compare-items.ts";
import { deleteFromTarget } from "./delete-from-target.ts";
import { etagOfFile } from "./etag-of-file.ts";
import { JobMaker } from "./job-maker.ts";
import { isUnordered, mergeTrees, type TreePair } from "./merge-trees.ts";
import { openTrees } from "./open-trees.ts";
import { placeBelow } from "./place-below.ts";
import { PathSpool } from "./path-spool.ts";
import type { SyncEvent, SyncTotals } from "./sync-event.ts";
import { SyncKnowledge, type Learn } from "./sync-knowledge.ts";
import type { SyncRequest } from "./sync-request.ts";
import type { TreeItem } from "./tree-item.ts";

type Tell = (event: SyncEvent) => void | Promise<void>;

/** One path that needs more than a look: to be read, or to be copied. */
interface Task {
  readonly source: TreeItem;
  readonly target: TreeItem | undefined;
  readonly job: CopyJob;
  readonly learn: Learn;
  /** Whether its bytes have to be compared first. */
  readonly asks: boolean;
}

/**
 * Makes the target tree like the source tree: copies what is new or differs, and deletes what only the
 * target has, if that is wanted: at the very end, and only when all else has succeeded. A failed object
 * does not stop the others. Throws StorageError when a tree cannot be read, or the source is not there.
 */
export async function runSync(request: SyncRequest, tell: Tell): Promise<SyncTotals> {
  return new SyncRun(request, tell).run();
}

class SyncRun {
  readonly #request: SyncRequest;
  readonly #tell: Tell;
  readonly #knowledge: SyncKnowledge;
  #jobs: JobMaker;
  readonly #surplus = new PathSpool();
  readonly #totals = {
    copied: 0,
    bytes: 0,
    unchanged: 0,
    deleted: 0,
    notDeleted: 0,
    skipped: 0,
    failed: 0,
  };
  #sources = 0;
  #targets = 0;
  /** Whether all of the source was seen; else nothing is known to be missing there. */
  #sawAll = true;

  constructor(request: SyncRequest, tell: Tell) {
    this.#request = request;
    this.#tell = tell;
    this.#jobs = new JobMaker(request);
    this.#knowledge = new SyncKnowledge(request);
  }

  async run(): Promise<SyncTotals> {
    const { signal } = this.#request;
    try {
      await runJobs(this.#tasks(), (task) => this.#do(task), signal);
      signal.throwIfAborted();
      this.#assertSource();
      this.#knowledge.finish();
      await this.#deleteSurplus();
    } finally {
      this.#knowledge.finish();
      this.#surplus.remove();
    }
    return this.#totals;
  }

  /** A store that turns out to keep no order is gone through once more, sorted here. */
  async *#tasks(): AsyncGenerator<Task, void> {
    try {
      yield* this.#merged(false);
    } catch (error) {
      if (!isUnordered(error)) throw error;
      this.#beginAnew();
      yield* this.#merged(true);
    }
  }

  #beginAnew(): void {
    this.#surplus.clear();
    this.#knowledge.discard();
    this.#jobs = new JobMaker(this.#request);
    this.#sources = 0;
    this.#targets = 0;
    this.#totals.unchanged = 0;
    this.#totals.skipped = 0;
  }

  async *#merged(sorts: boolean): AsyncGenerator<Task, void> {
    const { source, target } = await openTrees(this.#request, sorts);
    for await (const pairs of mergeTrees(source, target)) {
      for (const pair of pairs) {
        const task = await this.#judge(pair);
        if (task !== undefined) yield task;
      }
    }
    this.#knowledge.sawAll();
  }

  /** Answers what is to be done about a path; undefined when that is nothing, or was done. */
  async #judge({ path, source, target }: TreePair): Promise<Task | undefined> {
    if (source !== undefined) this.#sources += 1;
    if (target !== undefined) this.#targets += 1;
    if (source?.unusable !== undefined) {
      if (path === source.path) await this.#skip(source.path, source.unusable, "source");
      if (source.isUnread === true) this.#sawAll = false;
      return undefined;
    }
    if (source === undefined) {
      if (target !== undefined) await this.#judgeSurplus(target);
      return undefined;
    }
    if (!this.#accepts(source)) return undefined;
    return this.#judgeSource(source, target);
  }

  async #judgeSource(source: TreeItem, target: TreeItem | undefined): Promise<Task | undefined> {
    if (target?.unusable !== undefined) {
      await this.#skip(source.path, `at the target there is ${target.unusable}`, "source");
      return undefined;
    }
    const known = this.#knowledge.of(source.path);
    const verdict =
      target !== undefined && compareItems(source, target, this.#request.comparison, known);
    if (verdict !== false && verdict !== "ask" && verdict.same) {
      this.#totals.unchanged += 1;
      if (target !== undefined && verdict.by !== "size" && verdict.by !== "time") {
        this.#knowledge.keep(source, target);
      }
      if (verdict.by === "time") {
        await this.#tell({ kind: "unchanged", path: source.path, by: verdict.by });
      }
      return undefined;
    }
    const job = await this.#jobs.make(source);
    if ("reason" in job) {
      await this.#skip(source.path, job.reason, "source");
      return undefined;
    }
    return { source, target, job, learn: this.#knowledge.learn(source), asks: verdict === "ask" };
  }

  async #judgeSurplus(target: TreeItem): Promise<void> {
    if (!this.#request.deletes || !this.#accepts(target)) return;
    if (target.unusable === undefined) this.#surplus.add(target.path);
    else await this.#skip(target.path, target.unusable, "target");
  }

  async #do(task: Task): Promise<void> {
    const { job, source, target, learn } = task;
    try {
      await this.#tell({ kind: "begun", job });
      if (target !== undefined && task.asks && (await this.#isSame(source, target))) {
        this.#totals.unchanged += 1;
        learn({ target });
        await this.#tell({ kind: "kept", job });
        return;
      }
      const copied = await this.#copy(task);
      this.#totals.copied += 1;
      this.#totals.bytes += copied.sizeBytes;
      await this.#tell({ kind: "done", job, sizeBytes: copied.sizeBytes });
    } catch (error) {
      learn(undefined);
      this.#totals.failed += 1;
      await this.#tell({ kind: "failed", job, error });
      throw error;
    }
  }

  async #copy({ job, source, learn }: Task): Promise<CopiedObject> {
    const { dryRun } = this.#request;
    if (dryRun) {
      learn(undefined);
      return { sizeBytes: source.sizeBytes };
    }
    const options = { ...this.#request, overwrite: true };
    const copied = await copyOne(job, options, {
      onProgress: (news) => void this.#tell({ kind: "progress", job, news }),
      onNotice: (notice) => void this.#tell({ kind: "notice", job, notice }),
    });
    learn({ copied });
    return copied;
  }

  async #isSame(source: TreeItem, target: TreeItem): Promise<boolean> {
    const isUpload = target.etag !== undefined;
    const etag = target.etag ?? source.etag ?? "";
    const side = isUpload ? this.#request.source : this.#request.target;
    const file = placeBelow(side, source.path);
    if (typeof file !== "string") return false;
    const verdict = await etagOfFile(file, source.sizeBytes, etag);
    if (verdict !== "unknown") return verdict === "same";
    const guess = byTime(source, target);
    return guess !== "ask" && guess.same;
  }

  #accepts({ path, sizeBytes, modifiedMs }: TreeItem): boolean {
    const { selection } = this.#request;
    return (
      selection.isAll || selection.accepts({ path, sizeBytes, modified: new Date(modifiedMs) })
    );
  }

  async #skip(path: string, reason: string, side: "source" | "target"): Promise<void> {
    this.#totals.skipped += 1;
    const place = placeBelow(this.#request[side], path);
    await this.#tell({ kind: "skipped", source: place, reason });
  }

  /** A source that is not there, or has nothing, is more often a mistake than a wish. */
  #assertSource(): void {
    const { source, selection, deletes, emptySource } = this.#request;
    if (this.#sources > 0 || emptySource) return;
    if (!deletes && (source.kind === "local" || !selection.isAll)) return;
    const place = source.kind === "local" ? source.path : formatS3Uri(source.uri);
    throw new StorageError("NotFound", `There is nothing in ${place}.`, {
      remedy: deletes
        ? "Nothing was deleted. If the target is to be emptied, add --allow-empty-source."
        : "Check the place for typing errors.",
    });
  }

  async #deleteSurplus(): Promise<void> {
    const { count } = this.#surplus;
    if (count === 0) return;
    const { dryRun, signal } = this.#request;
    const isSafe = this.#totals.failed === 0 && this.#sawAll;
    if (!isSafe || !(await this.#request.mayDelete(count, this.#targets))) {
      this.#totals.notDeleted = count;
      return;
    }
    signal.throwIfAborted();
    const tell = async (event: SyncEvent): Promise<void> => {
      if (event.kind === "deleted") this.#totals.deleted += 1;
      else this.#totals.failed += 1;
      await this.#tell(event);
    };
    await deleteFromTarget(this.#request, this.#surplus, { dryRun, tell });
  }
}
