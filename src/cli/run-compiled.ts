import * as fs from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** What a bundle evaluates to. It imports packages by the function it is given. */
type Body = (
  require: NodeJS.Require,
  __filename: string,
  importModule: (name: string) => Promise<unknown>,
) => void;

/** As much of the first line as names a version of the bundle: `//` and a SHA-256. */
const stamp = /^\/\/ ([0-9a-f]{64})\n/;

/**
 * Runs a bundle, a script whose value is a `Body`, with what V8 made of it in an earlier run; half of a
 * short command's time is else spent on compiling. Node 22.1 has `module.enableCompileCache` for this, Node
 * 20 has nothing. The code is kept when the process ends, in `folder`, if that can be done; whatever is
 * wrong there, the bundle runs all the same.
 *
 * Code of an earlier run is only taken from a file of this very user that nobody else can write: whoever
 * writes it decides what runs.
 */
export function runCompiled(path: string, folder: string | undefined): void {
  const source = fs.readFileSync(path, "utf8");
  // V8 compares versions, flags and the length of the source, but not the source.
  const version = stamp.exec(source)?.[1]?.slice(0, 32);
  const name = `${basename(path)}-${version}-${process.version}-${process.arch}`;
  const file = folder === undefined || version === undefined ? undefined : join(folder, name);
  const cachedData = file === undefined ? undefined : readOwn(file);
  const script = new Script(source, {
    filename: path,
    ...(cachedData !== undefined && { cachedData }),
  });
  if (folder !== undefined && file !== undefined && script.cachedDataRejected !== false) {
    // At the end, when all that was called is compiled.
    process.once("exit", (code) => {
      if (code === 0) keep(folder, file, script);
    });
  }
  const body = script.runInThisContext() as Body;
  body(createRequire(path), path, (specifier) => import(specifier));
}

/** Undefined when there is none, or none that can be trusted. */
function readOwn(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, "r");
    const { uid, mode } = fs.fstatSync(descriptor);
    const isOwn =
      process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? withoutChecksum(fs.readFileSync(descriptor)) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** V8 takes code that was damaged on the disk as it is, and may break. */
function withChecksum(code: Buffer): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(code));
  return Buffer.concat([code, checksum]);
}

function withoutChecksum(stored: Buffer): Buffer | undefined {
  if (stored.length < 4) return undefined;
  const code = stored.subarray(0, -4);
  return stored.readUInt32BE(code.length) === crc32(code) ? code : undefined;
}

/** In place of those of other versions. */
function keep(folder: string, file: string, script: Script): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(partial, withChecksum(script.createCachedData()), { mode: 0o600, flag: "wx" });
    fs.renameSync(partial, file);
    const family = `${basename(file).split("-")[0]}-`;
    for (const other of fs.readdirSync(folder)) {
      if (other.startsWith(family) && other !== basename(file)) fs.rmSync(join(folder, other));
    }
  } catch {
    // A file system that is full or read-only costs time, not the command.
    remove(partial);
  }
}

function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // It is not there: its folder is none.
  }
}
