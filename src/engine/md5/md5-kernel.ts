import { fillConstants, md5Module, stateAt, textAt } from "./md5-code.ts";

/** The state of a hash. */
export type Md5State = Int32Array;

/** Before the first byte. Source: RFC 1321, section 3.3. */
export function firstState(): Md5State {
  return Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476);
}

/** As much of it as is needed; it is no part of the language, so that its types are those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly m: { readonly buffer: ArrayBuffer };
  v(bytes: number): void;
  s(bytes: number): void;
}

/** MD5 of up to eight texts at once, in WebAssembly: eight take as long as two by OpenSSL. */
export class Md5Kernel {
  readonly #exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;

  /** Throws where WebAssembly or its vectors are not to be had. */
  constructor() {
    const module = new WebAssembly.Module(md5Module());
    this.#exports = new WebAssembly.Instance(module).exports as Exports;
    const { buffer } = this.#exports.m;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    fillConstants(this.#words);
  }

  /** Puts bytes at a place of a lane's text, of which there are `laneBytes`. */
  write(lane: number, at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, textAt(lane) + at);
  }

  /** Hashes the first bytes of as many lanes as there are states, 1 to 8: a multiple of 64. Changes the states. */
  run(states: readonly Md5State[], bytes: number): void {
    for (const [lane, state] of states.entries()) {
      for (let word = 0; word < 4; word += 1) {
        this.#words[stateAt(lane, word) / 4] = state[word] ?? 0;
      }
    }
    if (states.length === 1) this.#exports.s(bytes);
    else this.#exports.v(bytes);
    for (const [lane, state] of states.entries()) {
      for (let word = 0; word < 4; word += 1) {
        state[word] = this.#words[stateAt(lane, word) / 4] ?? 0;
      }
    }
  }
}
