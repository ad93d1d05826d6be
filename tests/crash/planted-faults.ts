import type { Note } from "./power-cut-workload.ts";
import type { LogEntry, SimulatedDisk } from "./simulated-disk.ts";

/** A mistake in the order of things, planted into a record of what a disk was told. */
export interface PlantedFault {
  readonly name: string;
  readonly plant: (log: readonly LogEntry[]) => readonly LogEntry[];
  /** After which entries a cut can show it; others are passed over. Default: all. */
  readonly shows?: (entry: LogEntry) => boolean;
}

const without = (isGone: (entry: LogEntry) => boolean): PlantedFault["plant"] => {
  return (log) => log.filter((entry) => !isGone(entry));
};

const isNote = (entry: LogEntry, what: Note["what"]): boolean =>
  entry.op === "note" && (entry.note as Note).what === what;

/** Each entry of one kind goes to just before the last one of another kind. */
function before(
  log: readonly LogEntry[],
  isEarly: (entry: LogEntry) => boolean,
  isLandmark: (entry: LogEntry, early: LogEntry) => boolean,
): readonly LogEntry[] {
  const moved: LogEntry[] = [];
  for (const entry of log) {
    const landmark = isEarly(entry)
      ? moved.findLastIndex((earlier) => isLandmark(earlier, entry))
      : -1;
    if (landmark === -1) moved.push(entry);
    else moved.splice(landmark, 0, entry);
  }
  return moved;
}

/** Mistakes of writing: each must be noticed as something that is lost, torn or back again. */
export const writingFaults: readonly PlantedFault[] = [
  { name: "a file is not flushed", plant: without(({ op }) => op === "sync") },
  {
    name: "the folder of a file is not flushed",
    plant: without((entry) => entry.op === "syncDirectory" && entry.path !== ""),
  },
  {
    name: "a new folder is not flushed into its parent",
    plant: without((entry) => entry.op === "syncDirectory" && entry.path === ""),
  },
  {
    name: "a name is flushed before its bytes",
    plant: (log) => {
      // Flushes come when everything else of the file has been done: at the next acknowledgement.
      const late: LogEntry[] = [];
      const moved: LogEntry[] = [];
      for (const entry of log) {
        if (entry.op === "sync") late.push(entry);
        else moved.push(entry);
        if (isNote(entry, "ack")) moved.push(...late.splice(0));
      }
      return moved;
    },
  },
  {
    name: "a change is acknowledged before its commit is on the disk",
    plant: (log) =>
      before(
        log,
        (entry) => isNote(entry, "ack"),
        (entry) => isNote(entry, "commit"),
      ),
  },
  {
    name: "a file is unlinked before its deletion is committed",
    shows: ({ op }) => op === "unlink",
    plant: (log) =>
      before(
        log,
        ({ op }) => op === "unlink",
        (entry) => isNote(entry, "begin"),
      ),
  },
];

/** Steps of recovery left out: each must be noticed as files that stay for ever. */
export const recoveryFaults: readonly {
  readonly name: string;
  readonly plant: (disk: SimulatedDisk) => void;
}[] = [
  {
    name: "files that were being written are not looked for",
    plant: (disk) => {
      const list = disk.list.bind(disk);
      disk.list = async (path) => (await list(path)).filter((name) => !name.endsWith(".tmp"));
    },
  },
  {
    name: "files of nobody are not moved away",
    plant: (disk) => {
      const rename = disk.rename.bind(disk);
      disk.rename = async (from, to) => {
        if (!to.includes("quarantine")) await rename(from, to);
      };
    },
  },
  {
    name: "files on the list of deleted ones are not unlinked",
    plant: (disk) => {
      disk.unlink = async () => await Promise.resolve();
    },
  },
];
