/** A member of an archive that is being read. */
export interface ArchiveEntry {
  /** As the archive has it, without `./` before it; ends in `/` when it is a folder. */
  readonly name: string;
  /** Why it cannot be unpacked, to follow its name: "is a symbolic link". */
  readonly refusal?: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modifiedSeconds: number;
  /** Its bytes, verified where the archive has a sum of them; once, and before the next entry. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** The members of an archive in its order. */
export interface ArchiveEntries {
  /** How errors call it: its path or its key. Absent: it came as a stream. */
  readonly named?: string;
  /** Anew each time, where `isListed`; else once. */
  entries(): AsyncIterable<ArchiveEntry>;
  /** Whether all names are known before any bytes are read. */
  readonly isListed: boolean;
  close(): Promise<void>;
}

/** Names of tar archives that were made of `.` begin with it. */
export function withoutDot(name: string): string {
  return name.replace(/^(?:\.\/+)+/, "");
}
