import { join } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { makeParents } from "../download/download-target.ts";
import { saveInTurn } from "../download/save-small.ts";
import { saveStream } from "../download/save-stream.ts";
import { ignoresCase } from "../local/ignores-case.ts";
import { linkedFolder } from "../local/linked-folder.ts";
import { localTargetError } from "../local/local-file-error.ts";
import { localTarget } from "../local/local-target.ts";
import type { PartFiles } from "../local/part-files.ts";
import { isHole } from "./sparse-member.ts";
import type { UnpackedMember, UnpackTarget } from "./unpack-target.ts";

const operation = "extractArchive";

/** A folder of the local disk. Nothing is written outside it, also not through links that are in it. */
export class FolderTarget implements UnpackTarget {
  readonly #folder: string;
  readonly #partFiles: PartFiles;
  readonly #ignoresCase: boolean;
  readonly #ifAbsent: boolean;

  private constructor(
    folder: string,
    partFiles: PartFiles,
    isCaseIgnored: boolean,
    ifAbsent: boolean,
  ) {
    this.#folder = folder;
    this.#partFiles = partFiles;
    this.#ignoresCase = isCaseIgnored;
    this.#ifAbsent = ifAbsent;
  }

  /** The folder may not be there yet. `ifAbsent`: AlreadyExists for a file that is there. */
  static async at(folder: string, partFiles: PartFiles, ifAbsent = false): Promise<FolderTarget> {
    return new FolderTarget(folder, partFiles, await ignoresCase(folder), ifAbsent);
  }

  fold(name: string): string {
    return this.#ignoresCase ? name.normalize("NFC").toLowerCase() : name;
  }

  fault(name: string): string | undefined {
    const place = localTarget(this.#folder, name.replace(/\/$/, ""));
    return "reason" in place ? `is none for a file here: ${place.reason}` : undefined;
  }

  async write(
    { name, modifiedSeconds }: UnpackedMember,
    contents: Uint8Array | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const target = await this.#place(name);
    try {
      makeParents(target);
      const partFile = await this.#partFiles.pathBeside(target);
      const part = { partFile, target, modifiedSeconds, ifAbsent: this.#ifAbsent };
      if (contents instanceof Uint8Array) {
        await saveInTurn({ ...part, bytes: contents });
      } else await saveStream({ ...part, contents, signal, isHole });
    } catch (error) {
      throw localTargetError(operation, target, error);
    }
  }

  async makeFolder(name: string): Promise<void> {
    const target = await this.#place(`${name}x`);
    try {
      makeParents(target);
    } catch (error) {
      throw localTargetError(operation, join(this.#folder, name), error);
    }
  }

  async #place(name: string): Promise<string> {
    const target = join(this.#folder, ...name.split("/"));
    const link = await linkedFolder(this.#folder, target);
    if (link === undefined) return target;
    throw new StorageError("InvalidArgument", `${operation}: ${link} is a link to another place.`, {
      operation,
      remedy: "Unpack into a folder without links.",
    });
  }
}
