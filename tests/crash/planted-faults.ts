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

/** Each entry of one kind goes to just before an earlier commit: 1 is the last one. */
function beforeCommit(isEarly: (entry: LogEntry) => boolean, back: number): PlantedFault["plant"] {
  return (log) => {
    const moved: LogEntry[] = [];
    for (const entry of log) {
      const commits = moved.flatMap((one, at) => (isNote(one, "commit") ? [at] : []));
      const place = isEarly(entry) ? commits.at(-back) : undefined;
      if (place === undefined) moved.push(entry);
      else moved.splice(place, 0, entry);
    }
    return moved;
  };
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
    plant: beforeCommit((entry) => isNote(entry, "ack"), 1),
  },
  {
    name: "a file is unlinked before its deletion is committed",
    shows: ({ op }) => op === "unlink",
    // The last commit may be one that came between the deletion and the unlinking.
    plant: beforeCommit(({ op }) => op === "unlink", 2),
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
