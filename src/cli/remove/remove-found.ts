import { StorageError } from "../../core/errors.ts";
import { s3Limits, transferLimits } from "../../core/limits.ts";
import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import {
  findRemovals,
  type FoundRemoval,
  type RemovalSearch,
} from "../../transfer/jobs/find-removals.ts";
import { deleteKeys } from "../../transfer/objects/delete-keys.ts";
import { objectExists } from "../../transfer/objects/object-exists.ts";
import { hasWildcards } from "../../transfer/selection/glob.ts";
import { deleteVersions } from "../../transfer/versions/delete-versions.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { countOf, printable } from "../format.ts";

interface RemovalWishes {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/**
 * Deletes what a search finds, after a yes to its count: with `--yes` while it is found, else from a
 * list that was counted, so that nothing is deleted that nobody said yes to. Answers the exit code.
 */
export async function removeFound(
  context: CommandContext,
  search: RemovalSearch,
  { dryRun, yes }: RemovalWishes,
): Promise<number> {
  const removal = new Removal(context, search, dryRun);
  if (dryRun || yes) {
    await removal.run(removal.find());
  } else {
    const kept: FoundRemoval[] = [];
    for await (const found of removal.find()) kept.push(bounded(kept, found));
    if (kept.length > 0) {
      const agreed = await confirm(context, removal.question(kept.length), {
        given: false,
        name: "--yes",
      });
      if (!agreed) {
        context.output.note("Nothing was deleted.");
        return exitCodes.confirmationRequired;
      }
      await removal.run(kept);
    }
  }
  return removal.end();
}

/** A count that nobody can look through any more is no ground for a yes. */
function bounded(kept: readonly FoundRemoval[], found: FoundRemoval): FoundRemoval {
  if (kept.length < transferLimits.askedRemovals) return found;
  throw new StorageError(
    "InvalidArgument",
    `There are more than ${transferLimits.askedRemovals} to delete; nothing was deleted.`,
    { remedy: "Look at them with --dry-run, then delete them with --yes." },
  );
}

class Removal {
  readonly #context: CommandContext;
  readonly #search: RemovalSearch;
  readonly #dryRun: boolean;
  readonly #totals = { found: 0, deleted: 0, skipped: 0, failed: 0 };

  constructor(context: CommandContext, search: RemovalSearch, dryRun: boolean) {
    this.#context = context;
    this.#search = search;
    this.#dryRun = dryRun;
  }

  question(count: number): string {
    const { versions, sources } = this.#search;
    const what = versions
      ? `${countOf(count, "version or delete marker", "versions and delete markers")} for good`
      : countOf(count, "object");
    return `Delete ${what} under ${this.#places(sources)}?`;
  }

  async *find(): AsyncGenerator<FoundRemoval> {
    const { output } = this.#context;
    for await (const found of findRemovals(this.#search)) {
      if (found.kind === "removal") {
        this.#totals.found += 1;
        if (this.#totals.found % 1000 === 0) output.progress(`${this.#totals.found} found`);
        yield found;
      } else if (found.kind === "note") {
        output.warn(found.message);
      } else {
        this.#totals.skipped += 1;
        const source = typeof found.source === "string" ? found.source : formatS3Uri(found.source);
        output.warn(`${printable(source)} was skipped: ${found.reason}.`);
        const { reason } = found;
        await output.result({ type: "skipped", source, reason }, undefined);
      }
    }
  }

  /** Several requests at a time, while more is found; told in the order in which it was found. */
  async run(removals: Iterable<FoundRemoval> | AsyncIterable<FoundRemoval>): Promise<void> {
    const pending: Promise<Removed>[] = [];
    const begin = (batch: readonly FoundRemoval[]): void => {
      const request = this.#remove(batch);
      // It is looked at in its turn.
      request.catch(() => undefined);
      pending.push(request);
    };
    let batch: FoundRemoval[] = [];
    try {
      for await (const removal of removals) {
        const isOther = batch[0] !== undefined && batch[0].bucket !== removal.bucket;
        if (batch.length >= s3Limits.deleteObjectsKeys || isOther) {
          begin(batch);
          batch = [];
        }
        batch.push(removal);
        if (pending.length >= transferLimits.deleteBatchesInFlight) {
          await this.#tellAll(await pending.shift());
        }
      }
      if (batch.length > 0) begin(batch);
      while (pending.length > 0) await this.#tellAll(await pending.shift());
    } finally {
      await Promise.allSettled(pending);
    }
  }

  async end(): Promise<number> {
    const { output } = this.#context;
    const { found, deleted, skipped, failed } = this.#totals;
    if (found === 0 && skipped === 0) throw await this.#nothing();
    await output.result({ type: "summary", dryRun: this.#dryRun, ...this.#totals }, undefined);
    const left = skipped > 0 ? `, ${skipped} skipped` : "";
    const done = this.#dryRun ? `${found} would be deleted` : `${deleted} deleted`;
    output.note(`${done}${left}, ${failed} failed.`);
    return failed + skipped > 0 ? exitCodes.partial : exitCodes.ok;
  }

  async #remove(batch: readonly FoundRemoval[]): Promise<Removed> {
    const [first] = batch;
    const isReal = first !== undefined && !this.#dryRun;
    const failures = isReal ? await this.#delete(first.bucket, batch) : [];
    return { batch, failed: new Map(failures.map((failure) => [nameOf(failure), failure])) };
  }

  async #tellAll({ batch, failed }: Removed = { batch: [], failed: new Map() }): Promise<void> {
    const { output } = this.#context;
    const gone = failed.size === 0 ? batch : batch.filter((one) => !failed.has(nameOf(one)));
    await output.results(gone, {
      json: ({ bucket, key, versionId }) => ({
        type: "delete",
        bucket,
        key,
        ...(versionId !== undefined && { versionId }),
      }),
      text: (removal) => this.#textOf(removal),
    });
    for (const { kind: _, ...removal } of failed.size === 0 ? [] : batch) {
      const failure = failed.get(nameOf(removal));
      if (failure !== undefined) await this.#tellFailure(removal, failure);
    }
    if (!this.#dryRun) this.#totals.deleted += gone.length;
    this.#totals.failed += failed.size;
    output.progress(`${this.#totals.deleted} deleted`);
  }

  async #delete(bucket: string, batch: readonly FoundRemoval[]): Promise<Failure[]> {
    const { store } = this.#search.buckets.of(bucket);
    const { signal } = this.#search;
    if (!this.#search.versions) {
      const keys = batch.map(({ key }) => key);
      const failures = await deleteKeys(store, keys, { hasStaged: this.#isWholeFolders(), signal });
      return [...failures].map(([key, failure]) => ({ key, ...failure }));
    }
    const entries = batch.map(({ key, versionId }) => ({
      key,
      ...(versionId !== undefined && { versionId }),
    }));
    const size = s3Limits.deleteObjectsKeys;
    const parts = Array.from({ length: Math.ceil(entries.length / size) }, (_, index) =>
      entries.slice(index * size, (index + 1) * size),
    );
    return (await Promise.all(parts.map((part) => deleteVersions(store, part, signal)))).flat();
  }

  /** What waits beside a key that is replaced in steps is among what is found then. */
  #isWholeFolders(): boolean {
    const { recursive, selection, list, sources } = this.#search;
    if (!recursive || !selection.isAll || list !== undefined) return false;
    return !sources.some((place) => place.kind === "remote" && hasWildcards(place.uri.key));
  }

  #textOf(removal: FoundRemoval): string {
    const version = removal.versionId === undefined ? "" : ` (${removal.versionId})`;
    const dry = this.#dryRun ? "(dry run) " : "";
    return `${dry}delete ${printable(formatS3Uri(removal))}${version}`;
  }

  async #tellFailure(
    removal: Omit<FoundRemoval, "kind">,
    { code, message }: Failure,
  ): Promise<void> {
    const { output } = this.#context;
    output.warn(`${formatS3Uri(removal)} was not deleted: ${code}: ${message}`);
    await output.result({ type: "failed", ...removal, code, message }, undefined);
  }

  #places(sources: RemovalSearch["sources"]): string {
    const { recursive } = this.#search;
    const names = sources.map((place) => {
      if (place.kind === "local") return place.path;
      const { bucket, key } = place.uri;
      const isFolder = recursive && !hasWildcards(key);
      return formatS3Uri({ bucket, key: isFolder ? asFolder(key) : key });
    });
    return names.map(printable).join(", ");
  }

  /** `rm -r` of an object is a mistake in the other direction. */
  async #nothing(): Promise<StorageError> {
    const { sources, recursive, buckets, signal } = this.#search;
    const [place] = sources;
    const isOne = recursive && sources.length === 1 && place?.kind === "remote";
    const uri = isOne ? place.uri : { bucket: "", key: "" };
    const isObject =
      uri.key !== "" &&
      !uri.key.endsWith("/") &&
      (await objectExists(buckets.of(uri.bucket).store, uri.key, { signal }).catch(() => false));
    return new StorageError("NotFound", `There is nothing under ${this.#places(sources)}.`, {
      ...(isObject && {
        remedy: `${formatS3Uri(uri)} is an object: leave --recursive out to delete it.`,
      }),
    });
  }
}

/** What became of a batch: which of it is left, by `nameOf`. */
interface Removed {
  readonly batch: readonly FoundRemoval[];
  readonly failed: ReadonlyMap<string, Failure>;
}

interface Failure {
  readonly key: string;
  readonly versionId?: string;
  readonly code: string;
  readonly message: string;
}

function nameOf({ key, versionId = "" }: Pick<Failure, "key" | "versionId">): string {
  return `${versionId}/${key}`;
}
