import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { shapeOf } from "./shape-of.ts";

export interface RunOptions {
  /** When the code of a server is kept, in milliseconds after its start. */
  readonly lateMs?: number;
  /** After how much CPU a server has worked, in milliseconds. */
  readonly workedMs?: number;
  /** How long that is waited for, in milliseconds after its start. */
  readonly startKnownMs?: number;
  /** Called in a server once its code is kept: from then on it may change V8's flags. */
  onServer?(): void;
}

/** What a bundle evaluates to. It imports packages by the function it is given. */
type Body = (
  require: NodeJS.Require,
  __filename: string,
  importModule: (name: string) => Promise<unknown>,
) => void;

/** As much of the first line as names a version of the bundle: `//` and a SHA-256. */
const stamp = /^\/\/ ([0-9a-f]{64})\n/;

/** Kinds of calls for which one file of code is made again, each once. */
const shapesKept = 16;
/** The command that goes on for days. */
const goesOn = "server";
/** Behind the shape of a call: of a server that has worked, too. */
const atWork = " at work";
/** By when a server has done all that takes time at its start. */
const keepAfterMs = 5000;
/** A server that has used so much CPU has answered requests. */
const workedMs = 1500;
/** Until when V8 has everything that a start needs. */
const startKnownMs = 60_000;
const checksumBytes = 32;
const lengthBytes = 4;

/**
 * Runs a bundle, a script whose value is a `Body`, with what V8 made of it in an earlier run; half of a
 * short command's time is else spent on compiling. Node 22.1 has `module.enableCompileCache` for this, Node
 * 20 has nothing. The code is kept when the process ends, in `folder`, if that can be done; whatever is
 * wrong there, the bundle runs all the same.
 *
 * V8 keeps the functions that were called. So each command has code of its own, and it is kept again
 * when the command was called in another way than before (`shapeOf`). Of a server, which goes on for days,
 * V8 has given up at the end what it needed at the start: so its code is kept after `lateMs`, and once more
 * when it has worked within its first minute. Of other commands it is not: some change V8's flags while they
 * run, and code that is kept under other flags than those of a start is never taken.
 *
 * Code of an earlier run is only taken from a file of this very user that nobody else can write: whoever
 * writes it decides what runs.
 */
export function runCompiled(
  path: string,
  folder: string | undefined,
  args: readonly string[],
  options: RunOptions = {},
): void {
  // It has no other characters; this way they are not looked at.
  const source = readFileSync(path, "latin1");
  const { command, shape } = shapeOf(args);
  const place = placeOf(source, { path, folder, command });
  const { script, shapes } = compiled(path, source, place);
  const keeper = new Keeper({ place, script, shapes, shape });
  if (command === goesOn) keepOfServer(keeper, options);
  else keeper.keepAtEnd();
  const body = script.runInThisContext() as Body;
  body(createRequire(path), path, (specifier) => import(specifier));
}

/** The script, and the calls that its code comes from, where any was kept. */
function compiled(
  path: string,
  source: string,
  place: Place | undefined,
): { readonly script: Script; readonly shapes: readonly string[] } {
  const kept = place && readOwn(place.file);
  const script = new Script(source, {
    filename: path,
    ...(kept !== undefined && { cachedData: kept.code }),
  });
  return { script, shapes: script.cachedDataRejected === false ? (kept?.shapes ?? []) : [] };
}

/** Keeps the code of a script, once for each shape. */
class Keeper {
  readonly #place: Place | undefined;
  readonly #script: Script;
  readonly #shape: string;
  readonly #shapes: string[];

  constructor(parts: {
    readonly place: Place | undefined;
    readonly script: Script;
    readonly shapes: readonly string[];
    readonly shape: string;
  }) {
    this.#place = parts.place;
    this.#script = parts.script;
    this.#shapes = [...parts.shapes];
    this.#shape = parts.shape;
  }

  /** Nothing is to be kept: it is there, or cannot be. */
  isDone(what = ""): boolean {
    const isFull = this.#shapes.length >= shapesKept;
    return this.#place === undefined || isFull || this.#shapes.includes(this.#shape + what);
  }

  keepNow(what = ""): void {
    if (this.#place === undefined || this.isDone(what)) return;
    this.#shapes.push(this.#shape + what);
    keep(this.#place, this.#script, this.#shapes);
  }

  /** When all that was called is compiled, after `before`. Gives back what calls it off. */
  keepAtEnd(before?: () => void): () => void {
    if (this.isDone()) return () => {};
    const atEnd = (code: number): void => {
      if (code !== 0) return;
      before?.();
      this.keepNow();
    };
    process.once("exit", atEnd);
    return () => process.off("exit", atEnd);
  }
}

/**
 * Soon after the start, and again once it has worked: what answers requests is compiled then. Until then V8 may
 * give up nothing; else the second time had lost what a start needs.
 */
function keepOfServer(keeper: Keeper, options: RunOptions): void {
  if (keeper.isDone() && keeper.isDone(atWork)) {
    options.onServer?.();
    return;
  }
  holdCode(true);
  const callOff = keeper.keepAtEnd(() => holdCode(false));
  const { lateMs = keepAfterMs } = options;
  const workedMicros = (options.workedMs ?? workedMs) * 1000;
  const late = setInterval(() => {
    callOff();
    const { user, system } = process.cpuUsage();
    const hasWorked = user + system >= workedMicros;
    // Code that is kept under other flags is not taken.
    holdCode(false);
    keeper.keepNow();
    if (hasWorked) keeper.keepNow(atWork);
    else if (performance.now() < (options.startKnownMs ?? startKnownMs)) {
      holdCode(true);
      return;
    }
    clearInterval(late);
    options.onServer?.();
  }, lateMs);
  late.unref();
}

/** Whether V8 may not give up code of functions that have not run for a while. */
function holdCode(isHeld: boolean): void {
  // Not imported: no other command needs it.
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString(isHeld ? "--no-flush-bytecode" : "--flush-bytecode");
}

/** Where code is kept. */
interface Place {
  readonly folder: string;
  readonly file: string;
  /** What the names of all versions begin with. */
  readonly family: string;
  /** What the names of this version begin with. */
  readonly edition: string;
}

/** Undefined when there is none, or when the bundle has no stamp. */
function placeOf(
  source: string,
  names: { readonly path: string; readonly folder: string | undefined; readonly command: string },
): Place | undefined {
  const { path, folder, command } = names;
  // V8 compares versions, flags and the length of the source, but not the source.
  const version = stamp.exec(source)?.[1]?.slice(0, 32);
  if (folder === undefined || version === undefined) return undefined;
  const family = `${basename(path)}-`;
  const edition = `${family}${version}-${process.version}-${process.arch}-`;
  return { folder, file: join(folder, edition + command), family, edition };
}

/** Code, and the calls that it comes from. */
interface Kept {
  readonly code: Buffer;
  readonly shapes: readonly string[];
}

/** Undefined when there is none, or none that can be trusted. */
function readOwn(file: string): Kept | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const { uid, mode } = fstatSync(descriptor);
    const isOwn =
      process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? unpacked(readFileSync(descriptor)) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** With a checksum: V8 takes code that was damaged on the disk as it is, and may break. */
function packed(code: Buffer, shapes: readonly string[]): Buffer {
  const names = Buffer.from(shapes.join("\n"));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(names.length);
  const content = Buffer.concat([code, names, length]);
  return Buffer.concat([content, checksumOf(content)]);
}

function unpacked(stored: Buffer): Kept | undefined {
  if (stored.length < checksumBytes + lengthBytes) return undefined;
  const content = stored.subarray(0, -checksumBytes);
  if (!checksumOf(content).equals(stored.subarray(content.length))) return undefined;
  const namesEnd = content.length - lengthBytes;
  const codeEnd = namesEnd - content.readUInt32BE(namesEnd);
  const shapes = content.toString("utf8", codeEnd, namesEnd).split("\n");
  return { code: content.subarray(0, codeEnd), shapes };
}

// Not a CRC: a command that sends signed requests needs node:crypto anyhow, but not node:zlib.
function checksumOf(content: Buffer): Buffer {
  return createHash("sha256").update(content).digest();
}

/** In place of those of other versions. */
function keep(place: Place, script: Script, shapes: readonly string[]): void {
  const { folder, file, family, edition } = place;
  const partial = `${file}.${process.pid}.partial`;
  try {
    // One by one: Node's recursive way never ends below /proc.
    for (const path of [dirname(dirname(folder)), dirname(folder), folder]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    }
    const content = packed(script.createCachedData(), shapes);
    writeFileSync(partial, content, { mode: 0o600, flag: "wx" });
    renameSync(partial, file);
    for (const other of readdirSync(folder)) {
      if (other.startsWith(family) && !other.startsWith(edition)) rmSync(join(folder, other));
    }
  } catch {
    // A file system that is full or read-only costs time, not the command.
    remove(partial);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is not there: its folder is none.
  }
}
