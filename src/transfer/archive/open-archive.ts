import { archiveLimits } from "../../core/archive-limits.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import type { ListedObject, ObjectHead } from "../../core/object-store.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import { onAbort } from "../../core/on-abort.ts";
import { FileAbove } from "../local/file-above.ts";
import { readModifiedSeconds } from "../modified-time.ts";
import { headOrMissing } from "../objects/head-or-missing.ts";
import { eachObject, isDirectoryMarker, listPages } from "../objects/list-pages.ts";
import { isMissingObject } from "../objects/object-exists.ts";
import { assertRunning, OpenScope } from "../operation-scope.ts";
import { Selection } from "../selection/selection.ts";
import type { TransferContext } from "../transfer-context.ts";
import { ArchiveManifest } from "./archive-manifest.ts";
import type { ArchiveMember } from "./archive-member.ts";
import type {
  ArchiveFormat,
  ArchiveReport,
  ArchiveWishes,
  LeftOutMember,
} from "./archive-options.ts";
import { type FetchedMember, fetchMembers, type WantedMember } from "./fetch-members.ts";
import { gzipBytes } from "./gzip-bytes.ts";
import { memberNameFault } from "./member-name.ts";
import { OpenArchive } from "./archive-stream.ts";
import { rulesOf } from "../selection/selection-rules.ts";
import { tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const operation = "streamArchive";
const defaultManifest = "MANIFEST.jsonl";
const defaultLevel = 6;

/**
 * An archive of what is below a prefix, which stands as it is: `a/`, or empty. Answers once the first
 * member is there, so that what fails at once fails before a byte of it was sent on. Throws NotFound
 * when there is nothing.
 */
export async function openArchive(
  context: TransferContext,
  prefix: string,
  options: ArchiveWishes = {},
): Promise<OpenArchive> {
  const scope = new OpenScope(operation, options);
  const archive = new Archive(context, prefix, options);
  const controller = new AbortController();
  const members = archive.members(controller.signal);
  const release = onAbort(scope.signal, () => controller.abort(scope.signal.reason));
  const end = async (): Promise<void> => {
    controller.abort();
    await members.return();
    release();
    scope.end();
  };
  try {
    assertRunning(operation, scope.signal);
    const first = await members.next();
    const { format = "tar.gz", level = defaultLevel } = options;
    const bytes = archiveBytes(withFirst(first, members), format, level);
    return new OpenArchive({ bytes, end, report: archive.report, scope, format });
  } catch (error) {
    await end();
    throw scope.judge(error);
  }
}

function archiveBytes(
  members: AsyncIterable<ArchiveMember>,
  format: ArchiveFormat,
  level: number,
): AsyncGenerator<Uint8Array, void> {
  if (format === "zip") return zipBytes(members, level);
  if (format === "tar") return tarBytes(members, { joins: true });
  return gzipBytes(tarBytes(members, { joins: false }), level);
}

async function* withFirst(
  first: IteratorResult<ArchiveMember, void>,
  rest: AsyncGenerator<ArchiveMember, void>,
): AsyncGenerator<ArchiveMember, void> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

class Archive {
  readonly #context: TransferContext;
  readonly #prefix: string;
  readonly #options: ArchiveWishes;
  readonly #root: string;
  readonly #files = new FileAbove();
  readonly #manifest: ArchiveManifest | undefined;
  readonly #manifestName: string;
  readonly #leftOut: LeftOutMember[] = [];
  #members = 0;
  #doneBytes = 0;
  #listed = 0;

  constructor(context: TransferContext, prefix: string, options: ArchiveWishes) {
    const { manifest = options.onMissing === "report", root = "" } = options;
    this.#context = context;
    this.#prefix = prefix;
    this.#options = options;
    this.#root = root === "" || root.endsWith("/") ? root : `${root}/`;
    this.#manifestName = typeof manifest === "string" ? manifest : defaultManifest;
    if (manifest !== false) this.#manifest = new ArchiveManifest(this.#root + this.#manifestName);
    for (const name of [this.#root, this.#root + this.#manifestName]) {
      const fault = name === "" ? undefined : memberNameFault(name);
      if (fault === undefined) continue;
      const message = `${operation}: no archive can hold ${name}: its name ${fault}.`;
      throw new StorageError("InvalidArgument", message, { operation });
    }
  }

  get report(): () => ArchiveReport {
    return () => ({
      members: this.#members,
      doneBytes: this.#doneBytes,
      leftOut: this.#leftOut,
    });
  }

  async *members(signal: AbortSignal): AsyncGenerator<ArchiveMember, void> {
    const { format, level = defaultLevel, concurrency = archiveLimits.lanes } = this.#options;
    const wanted = (inner: AbortSignal) => this.#wanted(inner);
    const packLevel = format === "zip" ? level : undefined;
    const wishes = { wanted, signal, lanes: concurrency, packLevel };
    for await (const fetched of fetchMembers(this.#context, wishes)) {
      const member = this.#memberOf(fetched);
      if (member !== undefined) yield member;
    }
    assertRunning(operation, signal);
    if (this.#members === 0 && this.#options.allowEmpty !== true) throw await this.#empty(signal);
    if (this.#manifest !== undefined) yield this.#manifest.member();
  }

  async *#wanted(signal: AbortSignal): AsyncGenerator<WantedMember, void> {
    const selection = new Selection({ rules: rulesOf(this.#options) });
    const { accepts = () => true } = this.#options;
    const prefix = this.#prefix + selection.prefix;
    for await (const page of listPages(this.#context.store, prefix, { signal })) {
      for (const listed of eachObject(page, this.#context.directories)) {
        const path = listed.key.slice(this.#prefix.length);
        // The marker of the folder itself is no member of it.
        if (path === "") continue;
        this.#listed += 1;
        if (!selection.acceptsPath(path) || !accepts(listed)) continue;
        const name = this.#root + path;
        const fault = this.#faultOf(name, listed);
        if (fault === undefined) yield { listed, name };
        else this.#leaveOut(listed.key, `its name ${fault}`, undefined);
      }
    }
  }

  #faultOf(name: string, listed: ListedObject): string | undefined {
    if (name === this.#root + this.#manifestName && this.#manifest !== undefined) {
      return "is that of the manifest";
    }
    if (name.endsWith("/") && !isDirectoryMarker(listed)) {
      return "ends in / like that of a folder, and it has bytes";
    }
    const above = this.#files.add(name);
    const fault = memberNameFault(name);
    if (fault !== undefined || above === undefined) return fault;
    return `lies below ${above}, which is an object too`;
  }

  #memberOf(fetched: FetchedMember): ArchiveMember | undefined {
    const { listed, name } = fetched.wanted;
    if ("error" in fetched) {
      const { error } = fetched;
      const isGone = isMissingObject(error);
      if (!isGone && !isStorageError(error, "PreconditionFailed")) throw error;
      this.#leaveOut(listed.key, isGone ? "it has vanished" : "it was replaced", error);
      return undefined;
    }
    const { head, contents } = fetched;
    const { sizeBytes } = head;
    const member = { name, sizeBytes, modifiedSeconds: modifiedSeconds(head), contents };
    this.#members += 1;
    this.#doneBytes += sizeBytes;
    this.#manifest?.holds(member, head);
    this.#options.onProgress?.({ members: this.#members, doneBytes: this.#doneBytes });
    return member;
  }

  #leaveOut(key: string, reason: string, cause: unknown): void {
    const left = { Key: key, reason };
    if (this.#options.onMissing !== "report") throw this.#lacking(left, cause);
    this.#leftOut.push(left);
    this.#manifest?.lacks(left);
    if (this.#leftOut.length <= archiveLimits.leftOut) return;
    const message = `${operation}: more than ${archiveLimits.leftOut} objects below ${this.#prefix} cannot be archived.`;
    throw new StorageError("Conflict", message, { operation, bucket: this.#context.store.bucket });
  }

  #lacking({ Key, reason }: LeftOutMember, cause: unknown): StorageError {
    const isChanged = cause !== undefined;
    const message = `${operation}: the archive cannot hold ${Key}: ${reason}${isChanged ? " since it was listed" : ""}.`;
    return new StorageError(isChanged ? "Conflict" : "InvalidKey", message, {
      operation,
      bucket: this.#context.store.bucket,
      key: Key,
      retryable: isChanged,
      remedy: isChanged
        ? 'Make the archive again once nobody writes there, or let it say what it lacks: onMissing: "report".'
        : 'Exclude it, or let the archive say what it lacks: onMissing: "report".',
      ...(isChanged && { cause }),
    });
  }

  async #empty(signal: AbortSignal): Promise<StorageError> {
    const { bucket } = this.#context.store;
    const place = formatS3Uri({ bucket, key: this.#prefix });
    const error = (message: string, remedy: string): StorageError =>
      new StorageError("NotFound", `${operation}: ${message}.`, {
        operation,
        bucket,
        key: this.#prefix,
        remedy,
      });
    const usual = "Check prefix and patterns; allowEmpty: true makes an archive of nothing.";
    if (this.#listed > 0) {
      return error(`none of ${this.#listed} objects below ${place} is left to archive`, usual);
    }
    const key = this.#prefix.replace(/\/$/, "");
    const isObject = key !== "" && (await this.#isObject(key, signal));
    if (!isObject) return error(`there is nothing below ${place}`, usual);
    return error(
      `there is nothing below ${place}, but an object ${formatS3Uri({ bucket, key })}`,
      "Copy that object as it is, or archive the folder that it lies in and include it alone.",
    );
  }

  /** As far as that can be seen. */
  #isObject(key: string, signal: AbortSignal): Promise<boolean> {
    const { store } = this.#context;
    return headOrMissing(store, key, { signal }).then(
      (head) => head !== undefined,
      () => false,
    );
  }
}

/** By the file that it was, as far as that is known. */
function modifiedSeconds({ metadata, lastModified }: ObjectHead): number {
  return Math.floor(readModifiedSeconds(metadata) ?? lastModified.getTime() / 1000);
}
