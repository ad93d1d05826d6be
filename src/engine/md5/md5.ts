import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { mib } from "../../core/limits.ts";
import { Md5Kernel } from "./md5-kernel.ts";
import { Md5Lanes } from "./md5-lanes.ts";

/** A hash of bytes that come piece by piece. */
export interface Md5 {
  /** Until a promise resolves the bytes must stay as they are, and no more may be added. */
  update(bytes: Uint8Array): Promise<void> | undefined;
  /** 32 hex digits. Nothing may be added afterwards. */
  digest(): string;
  /** For who asks for no digest any more. */
  close(): void;
}

/** Smaller ones are over before there is anything to gain. */
const leastBytes = mib;

/** @param expectedBytes Undefined: nobody knows. */
export function newMd5(expectedBytes: number | undefined): Md5 {
  const lanes = expectedBytes !== undefined && expectedBytes >= leastBytes ? md5Lanes() : undefined;
  return lanes?.begin() ?? new PlainMd5();
}

class PlainMd5 implements Md5 {
  readonly #hash = createHash("md5");

  update(bytes: Uint8Array): undefined {
    this.#hash.update(bytes);
  }

  digest(): string {
    return this.#hash.digest("hex");
  }

  close(): void {}
}

let shared: { readonly lanes: Md5Lanes | undefined } | undefined;

/** Those of the process. Undefined where there is no WebAssembly, no vectors in it, or the other order of bytes. */
function md5Lanes(): Md5Lanes | undefined {
  shared ??= { lanes: madeLanes() };
  return shared.lanes;
}

function madeLanes(): Md5Lanes | undefined {
  if (endianness() !== "LE") return undefined;
  try {
    return new Md5Lanes(new Md5Kernel());
  } catch {
    return undefined;
  }
}
