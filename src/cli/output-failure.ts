/** What could not be written to standard output, in words. A reader that went away is no failure. */
export class OutputFailure extends Error {
  override readonly name = "OutputFailure";
  readonly remedy: string;

  constructor(cause: NodeJS.ErrnoException) {
    const what = meanings[cause.code ?? ""] ?? `${cause.code ?? "an error"}: ${cause.message}`;
    super(`Standard output cannot be written: ${what}.`, { cause });
    this.remedy =
      "What was printed is not complete. Send the output somewhere else, or free some space, and " +
      "run it again; what a command had finished by then stays done.";
  }
}

const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk behind it (ENOSPC)",
  EDQUOT: "the disk quota of this user is used up (EDQUOT)",
  EFBIG: "the file behind it would grow too large (EFBIG)",
  EIO: "the device behind it fails, or its terminal is gone (EIO)",
  EBADF: "it is not open for writing (EBADF)",
  ECONNRESET: "the connection behind it was cut (ECONNRESET)",
};

/** Resolves once everything written has gone out or failed, and a failure was told. */
export async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) {
    await new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    });
  }
  // The stream's `error` event follows upon the answer to its writes.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
