import { i32, i32x4, v128, WasmCode, wasmModule, wasmType } from "./wasm-code.ts";

/** How many texts are hashed at once. */
export const laneCount = 8;
/** How much of each, in bytes. */
export const laneBytes = 16_384;

const wordBytes = 4;
const vectorBytes = 16;
const vectorLanes = 4;
const groups = laneCount / vectorLanes;
const blockBytes = 64;
const pageBytes = 65_536;

/** Where things are in the memory. */
const statesAt = 0;
const constantsAt = 256;
const wordsAt = 2048;
const textsAt = 4096;
/** Not a multiple of a page: lines of the cache that the lanes are read from would be the same for all. */
const laneStride = laneBytes + blockBytes;

/** Of a lane's four words of state. */
export function stateAt(lane: number, word: number): number {
  const group = Math.floor(lane / vectorLanes);
  const vector = statesAt + (group * 4 + word) * vectorBytes;
  return vector + (lane % vectorLanes) * wordBytes;
}

export function textAt(lane: number): number {
  return textsAt + lane * laneStride;
}

/** In each of the four rounds. Source of all numbers of MD5: RFC 1321, section 3.4. */
const rotations = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** What step 0 to 63 adds. */
function constantOf(step: number): number {
  return Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0;
}

/** Which word of the block it adds. */
function wordOf(step: number): number {
  const round = step >> 4;
  return ([step, 5 * step + 1, 3 * step + 5, 7 * step][round] ?? 0) % 16;
}

/** Copies of what is added, one for each lane of a vector. */
export function fillConstants(memory: Int32Array): void {
  for (let step = 0; step < 64; step += 1) {
    const start = (constantsAt + step * vectorBytes) / wordBytes;
    memory.fill(constantOf(step), start, start + vectorLanes);
  }
}

/** The four values of a chain, as numbers of locals. */
type Chain = readonly [a: number, b: number, c: number, d: number];

/** Of both functions: the parameter, which is how many bytes are hashed, and how many have been. */
const [lengthLocal, doneLocal] = [0, 1];

/**
 * `v`: hashes so many bytes, a multiple of 64, of all lanes, going on from their states. `s`: of the first lane alone.
 */
export function md5Module(): Uint8Array<ArrayBuffer> {
  const pages = Math.ceil(textAt(laneCount) / pageBytes);
  const vectors = 8 * groups + 1;
  return wasmModule(
    [
      {
        name: "v",
        locals: [
          [1, wasmType.i32],
          [vectors, wasmType.v128],
        ],
        code: vectorCode(),
      },
      { name: "s", locals: [[10, wasmType.i32]], code: scalarCode() },
    ],
    pages,
  );
}

function vectorCode(): WasmCode {
  const code = new WasmCode();
  const values = Array.from({ length: 4 * groups }, (_, index) => 2 + index);
  const kept = values.map((local) => local + values.length);
  const spare = 2 + 2 * values.length;
  for (const [index, local] of values.entries())
    code.constant(0).loadVector(vectorAt(index)).set(local);
  code.countUp(doneLocal, blockBytes, lengthLocal, () => {
    gatherWords(code, spare);
    for (const [index, local] of values.entries()) code.get(local).set(kept[index] ?? 0);
    for (let step = 0; step < 64; step += 1) {
      for (let group = 0; group < groups; group += 1) {
        vectorStep(code, { step, group, chain: chainOf(4 * group + 2, step), spare });
      }
    }
    for (const [index, local] of values.entries()) {
      code
        .get(local)
        .get(kept[index] ?? 0)
        .vectorOp(i32x4.add)
        .set(local);
    }
  });
  for (const [index, local] of values.entries())
    code.constant(0).get(local).storeVector(vectorAt(index));
  return code;
}

function vectorAt(index: number): number {
  return statesAt + index * vectorBytes;
}

function gatheredAt(word: number, group: number): number {
  return wordsAt + (word * groups + group) * vectorBytes;
}

/** The same word of all lanes side by side. */
function gatherWords(code: WasmCode, spare: number): void {
  for (let word = 0; word < 16; word += 1) {
    for (let group = 0; group < groups; group += 1) {
      const offset = (lane: number): number =>
        textAt(group * vectorLanes + lane) + word * wordBytes;
      code.get(doneLocal).loadFirstLane(offset(0)).set(spare);
      for (let lane = 1; lane < vectorLanes; lane += 1) {
        code.get(doneLocal).get(spare).loadLane(offset(lane), lane).set(spare);
      }
      code.constant(0).get(spare).storeVector(gatheredAt(word, group));
    }
  }
}

/** The values change places with each step: a takes the sum, and is b in the next. */
function chainOf(first: number, step: number): Chain {
  const at = (place: number): number => first + ((place - step) & 3);
  return [at(0), at(1), at(2), at(3)];
}

interface VectorStep {
  readonly step: number;
  readonly group: number;
  readonly chain: Chain;
  readonly spare: number;
}

function vectorStep(code: WasmCode, { step, group, chain, spare }: VectorStep): void {
  const [a, b, c, d] = chain;
  code
    .get(a)
    .constant(0)
    .loadVector(constantsAt + step * vectorBytes)
    .vectorOp(i32x4.add);
  code
    .constant(0)
    .loadVector(gatheredAt(wordOf(step), group))
    .vectorOp(i32x4.add);
  switch (step >> 4) {
    case 0:
      code.get(c).get(d).vectorOp(v128.xor).get(b).vectorOp(v128.and).get(d).vectorOp(v128.xor);
      break;
    case 1:
      // The two sides have no bit in common, so that a sum is as good, and needs b later.
      code.get(c).get(d).vectorOp(v128.andnot).vectorOp(i32x4.add);
      code.get(b).get(d).vectorOp(v128.and);
      break;
    case 2:
      code.get(c).get(d).vectorOp(v128.xor).get(b).vectorOp(v128.xor);
      break;
    default:
      code.get(b).get(d).vectorOp(v128.not).vectorOp(v128.or).get(c).vectorOp(v128.xor);
  }
  code.vectorOp(i32x4.add).set(spare);
  const left = rotationOf(step);
  code.get(spare).constant(left).vectorOp(i32x4.shl);
  code
    .get(spare)
    .constant(32 - left)
    .vectorOp(i32x4.shr)
    .vectorOp(v128.or);
  code.get(b).vectorOp(i32x4.add).set(a);
}

function rotationOf(step: number): number {
  return rotations[step >> 4]?.[step & 3] ?? 0;
}

function scalarCode(): WasmCode {
  const code = new WasmCode();
  const values = [2, 3, 4, 5];
  const kept = [6, 7, 8, 9];
  for (const local of values)
    code
      .constant(0)
      .loadWord(stateAt(0, local - 2))
      .set(local);
  code.countUp(doneLocal, blockBytes, lengthLocal, () => {
    for (const [index, local] of values.entries()) code.get(local).set(kept[index] ?? 0);
    for (let step = 0; step < 64; step += 1) scalarStep(code, step, chainOf(2, step));
    for (const [index, local] of values.entries()) {
      code
        .get(local)
        .get(kept[index] ?? 0)
        .op(i32.add)
        .set(local);
    }
  });
  for (const local of values)
    code
      .constant(0)
      .get(local)
      .storeWord(stateAt(0, local - 2));
  return code;
}

function scalarStep(code: WasmCode, step: number, [a, b, c, d]: Chain): void {
  code.get(a).constant(constantOf(step)).op(i32.add);
  code
    .get(doneLocal)
    .loadWord(textAt(0) + wordOf(step) * wordBytes)
    .op(i32.add);
  switch (step >> 4) {
    case 0:
      code.get(c).get(d).op(i32.xor).get(b).op(i32.and).get(d).op(i32.xor);
      break;
    case 1:
      code.get(d).constant(-1).op(i32.xor).get(c).op(i32.and).op(i32.add);
      code.get(b).get(d).op(i32.and);
      break;
    case 2:
      code.get(c).get(d).op(i32.xor).get(b).op(i32.xor);
      break;
    default:
      code.get(d).constant(-1).op(i32.xor).get(b).op(i32.or).get(c).op(i32.xor);
  }
  code.op(i32.add).constant(rotationOf(step)).op(i32.rotl).get(b).op(i32.add).set(a);
}
