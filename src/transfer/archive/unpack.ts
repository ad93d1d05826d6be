import { archiveLimits } from "../../core/archive-limits.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import { assertRunning } from "../operation-scope.ts";
import { Selection } from "../selection/selection.ts";
import { tooMuch } from "./bomb-guard.ts";
import type { ArchiveEntries, ArchiveEntry } from "./archive-entry.ts";
import { ArchiveFault, namedFault } from "./archive-fault.ts";
import type { LeftOutEntry, UnpackOptions, UnpackResult } from "./extract-options.ts";
import { memberNameFault } from "./member-name.ts";
import { MemberNames } from "./member-names.ts";
import { rulesOf } from "../selection/selection-rules.ts";
import type { UnpackTarget } from "./unpack-target.ts";
import { WriteAhead } from "./write-ahead.ts";

const operation = "extractArchive";

/** As `UnpackOptions`, with a selection of any kind in place of patterns. */
export interface UnpackWishes extends UnpackOptions {
  readonly selection?: Selection;
  readonly signal: AbortSignal;
}

/**
 * Writes the members of an archive to a target. What cannot be unpacked is found before anything is
 * written where the archive has a directory; in a tar it may come late. A failure says how many files
 * had been written by then: those stay, and how many were under way.
 */
export async function unpack(
  archive: ArchiveEntries,
  target: UnpackTarget,
  options: UnpackWishes,
): Promise<UnpackResult> {
  if (archive.isListed) {
    const check = new Unpacking(archive, target, options);
    try {
      for await (const entry of archive.entries()) check.judge(entry);
    } catch (error) {
      throw namedFault(error, archive.named);
    }
  }
  return new Unpacking(archive, target, options).run();
}

class Unpacking {
  readonly #archive: ArchiveEntries;
  readonly #target: UnpackTarget;
  readonly #options: UnpackWishes;
  readonly #selection: Selection;
  readonly #names: MemberNames;
  readonly #leftOut: LeftOutEntry[] = [];
  #leftOutBytes = 0;
  #leftOutMore = 0;
  #entries = 0;
  #claimedBytes = 0;
  #files = 0;
  /** Writes that were begun, and were stopped or lost their answer. */
  #unsure = 0;
  #doneBytes = 0;

  constructor(archive: ArchiveEntries, target: UnpackTarget, options: UnpackWishes) {
    this.#archive = archive;
    this.#target = target;
    this.#options = options;
    this.#selection = options.selection ?? new Selection({ rules: rulesOf(options) });
    const { maxEntries: maxFolders = archiveLimits.entries } = options;
    this.#names = new MemberNames({ fold: (name) => target.fold(name), maxFolders });
  }

  async run(): Promise<UnpackResult> {
    const { signal, concurrency = archiveLimits.lanes } = this.#options;
    const bounds = { lanes: concurrency, heldBytes: archiveLimits.heldBytes };
    const writing = new WriteAhead(signal, bounds);
    try {
      for await (const entry of this.#archive.entries()) {
        assertRunning(operation, signal);
        if (this.judge(entry)) await this.#write(entry, writing);
      }
      await writing.finish();
    } catch (error) {
      throw this.#halfDone(namedFault(await writing.stop(error), this.#archive.named));
    }
    return {
      files: this.#files,
      doneBytes: this.#doneBytes,
      leftOut: this.#leftOut,
      ...(this.#leftOutMore > 0 && { leftOutMore: this.#leftOutMore }),
    };
  }

  /** Whether it is to be written. Throws when there is too much, or what cannot be. */
  judge(entry: ArchiveEntry): boolean {
    const { maxEntries = archiveLimits.entries, maxBytes = archiveLimits.unpackedBytes } =
      this.#options;
    this.#entries += 1;
    if (this.#entries > maxEntries) {
      throw tooMuch(`has more than ${maxEntries} members`, "maxEntries");
    }
    const { name, refusal } = entry;
    // The folder that the archive was made of.
    if (name === "" && refusal === undefined) return false;
    const modified = new Date(entry.modifiedSeconds * 1000);
    const { sizeBytes } = entry;
    if (!this.#selection.accepts({ path: name, sizeBytes, modified })) return false;
    const reason = refusal ?? this.#faultOf(entry);
    if (reason !== undefined) {
      this.#leaveOut(name, reason);
      return false;
    }
    this.#claimedBytes += entry.sizeBytes;
    if (this.#claimedBytes > maxBytes) {
      throw tooMuch(`unpacks to more than ${maxBytes} bytes`, "maxBytes");
    }
    return true;
  }

  #faultOf({ name, sizeBytes }: ArchiveEntry): string | undefined {
    if (name.endsWith("/") && sizeBytes > 0) return "is a folder, and has bytes";
    const fault = memberNameFault(name) ?? this.#target.fault(name) ?? this.#names.add(name);
    return fault === undefined ? undefined : `its name ${fault}`;
  }

  #leaveOut(path: string, reason: string): void {
    if (this.#options.onUnsafe !== "report") {
      throw new StorageError(
        "InvalidArgument",
        `${operation}: ${path} is not unpacked: ${reason}.`,
        {
          operation,
          remedy: 'Leave it out: exclude it, or onUnsafe: "report" for all of such a kind.',
        },
      );
    }
    this.#leftOutBytes += Buffer.byteLength(path) + Buffer.byteLength(reason);
    const hasRoom =
      this.#leftOut.length < archiveLimits.leftOut &&
      this.#leftOutBytes <= archiveLimits.leftOutBytes;
    if (hasRoom) this.#leftOut.push({ path, reason });
    else this.#leftOutMore += 1;
  }

  async #write(entry: ArchiveEntry, writing: WriteAhead): Promise<void> {
    const { name, sizeBytes, modifiedSeconds } = entry;
    const member = { name, sizeBytes, modifiedSeconds };
    if (name.endsWith("/")) return this.#target.makeFolder(name);
    if (sizeBytes > archiveLimits.wholeBytes) {
      writing.assertFine();
      await this.#target.write(member, wholeMember(entry, this.#archive.named), writing.signal);
      this.#wrote(sizeBytes);
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(sizeBytes);
    let filled = 0;
    for await (const chunk of wholeMember(entry, this.#archive.named)) {
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    await writing.begin(sizeBytes, async (signal) => {
      try {
        await this.#target.write(member, bytes, signal);
      } catch (error) {
        if (!isStorageError(error) || error.outcome !== "not-applied") this.#unsure += 1;
        throw error;
      }
      this.#wrote(sizeBytes);
    });
  }

  #wrote(sizeBytes: number): void {
    this.#files += 1;
    this.#doneBytes += sizeBytes;
    this.#options.onProgress?.({ files: this.#files, doneBytes: this.#doneBytes });
  }

  #halfDone(error: unknown): unknown {
    const files = this.#files;
    const unsure = this.#unsure;
    if (!isStorageError(error) || files + unsure === 0) return error;
    const written = files > 0 ? ` Until then ${files} files had been written; they stay.` : "";
    const begun = unsure > 0 ? ` Under way, and perhaps there: ${unsure}.` : "";
    const message = `${error.message}${written}${begun}`;
    const details = { ...error.details, Written: String(files) };
    const outcome = files > 0 ? "applied" : "unknown";
    return restateError(error, { message, outcome, details });
  }
}

/** Its bytes, as long as they are what was said. */
async function* wholeMember(
  entry: ArchiveEntry,
  archive: string | undefined,
): AsyncGenerator<Uint8Array, void> {
  const { name, sizeBytes } = entry;
  let found = 0;
  try {
    for await (const chunk of entry.chunks()) {
      found += chunk.length;
      if (found > sizeBytes) throw wrongSize(name, sizeBytes);
      yield chunk;
    }
    if (found < sizeBytes) throw wrongSize(name, sizeBytes);
  } catch (error) {
    // Here already: on its way through a target the error may be told anew.
    throw namedFault(error, archive);
  }
}

function wrongSize(name: string, sizeBytes: number): ArchiveFault {
  const tell = (archive: string) =>
    `The member ${name} has not the ${sizeBytes} bytes that ${archive} says.`;
  return new ArchiveFault("IntegrityError", tell, {
    remedy: "Make or fetch the archive again; excluded, this member stops no other.",
  });
}
