import { dirname } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { FileAbove } from "./file-above.ts";
import { ignoresCase } from "./ignores-case.ts";
import { linkedFolder } from "./linked-folder.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

/**
 * Names that differ in case only. `probe`: a conflict where the target's file system holds them for
 * one. `assume`: always, for files that go on to such a system. `ignore`: never.
 */
export type CaseConflicts = "probe" | "assume" | "ignore";

function tooMany(): StorageError {
  return new StorageError(
    "InvalidArgument",
    `More than ${transferLimits.comparedNames} names cannot be compared for their case.`,
    { remedy: "Download folder by folder, or leave the comparison out (--case-conflict ignore)." },
  );
}

/**
 * The folder that takes a download of many objects: gives each its file, or says why it can have
 * none. Nothing is ever renamed, and no two objects get one file.
 */
export class DownloadFolder {
  readonly #path: string;
  readonly #caseConflicts: CaseConflicts;
  readonly #files = new FileAbove();
  /** Every name that was given, as a file system that ignores case sees it. */
  #spellings: Map<string, string> | undefined;
  #isProbed = false;
  #checkedFolder = "";
  #linkAbove: string | undefined;

  constructor(path: string, caseConflicts: CaseConflicts) {
    this.#path = path;
    this.#caseConflicts = caseConflicts;
  }

  async place(name: string): Promise<LocalTarget> {
    const target = localTarget(this.#path, name);
    if ("reason" in target) return target;
    const reason =
      (await this.#linkBefore(target.file)) ??
      (await this.#otherSpelling(name)) ??
      this.#fileAbove(name);
    return reason === undefined ? target : { reason };
  }

  #fileAbove(name: string): string | undefined {
    const above = this.#files.add(name);
    return above === undefined
      ? undefined
      : `${above} is an object too, and a file cannot be a folder as well`;
  }

  async #linkBefore(file: string): Promise<string | undefined> {
    const folder = dirname(file);
    if (folder !== this.#checkedFolder) {
      this.#linkAbove = await linkedFolder(this.#path, file);
      this.#checkedFolder = folder;
    }
    return this.#linkAbove === undefined
      ? undefined
      : `${this.#linkAbove} is a link to another place`;
  }

  async #otherSpelling(name: string): Promise<string | undefined> {
    if (!this.#isProbed) {
      this.#isProbed = true;
      const choice = this.#caseConflicts;
      const isMeant =
        choice === "assume" || (choice === "probe" && (await ignoresCase(this.#path)));
      if (isMeant) this.#spellings = new Map();
    }
    if (this.#spellings === undefined) return undefined;
    const parts = name.split("/");
    for (let count = 1; count <= parts.length; count += 1) {
      const part = parts.slice(0, count).join("/");
      const folded = part.normalize("NFC").toLowerCase();
      const other = this.#spellings.get(folded) ?? part;
      if (other !== part) return `${other} has the same name but for its case`;
      this.#spellings.set(folded, part);
      if (this.#spellings.size > transferLimits.comparedNames) throw tooMany();
    }
    return undefined;
  }
}
