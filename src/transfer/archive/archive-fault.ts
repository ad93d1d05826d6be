import {
  StorageError,
  type StorageErrorCode,
  type StorageErrorDetails,
} from "../../core/errors.ts";

const operation = "extractArchive";

/** What is wrong with an archive, thrown where nobody knows yet which one it is: see `namedFault`. */
export class ArchiveFault extends StorageError {
  readonly #tell: (archive: string) => string;
  readonly #facts: StorageErrorDetails;

  /** `tell`: the message, given how to call the archive. */
  constructor(
    code: StorageErrorCode,
    tell: (archive: string) => string,
    facts: StorageErrorDetails,
  ) {
    super(code, withCapital(tell("the archive")), { operation, ...facts });
    this.#tell = tell;
    this.#facts = facts;
  }

  /** The same, of the archive of this name. */
  of(name: string): StorageError {
    return new StorageError(this.code, this.#tell(name), { operation, ...this.#facts });
  }
}

/** An error as it is, or of the archive of this name where it is a fault of one. Undefined: it has none. */
export function namedFault(error: unknown, name: string | undefined): unknown {
  return error instanceof ArchiveFault && name !== undefined ? error.of(name) : error;
}

function withCapital(sentence: string): string {
  return sentence.startsWith("the ") ? `T${sentence.slice(1)}` : sentence;
}
