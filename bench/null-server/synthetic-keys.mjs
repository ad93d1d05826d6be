// @ts-check
// Keys that nobody stores: reckoned from their index, in order, any number of them.

/**
 * @typedef {object} DataSet many objects below one prefix
 * @property {string} prefix ends with a slash
 * @property {number} count up to 10 million
 * @property {number} [perFolder] 0: all in one folder; default 100
 * @property {number} minBytes
 * @property {number} [maxBytes] default: all have `minBytes`
 * @property {"CRC32" | "CRC64NVME" | "none"} [checksum] that is stored; default CRC64NVME
 */

/**
 * @param {DataSet} set
 * @param {number} index
 */
export function keyAt({ prefix, perFolder = 100 }, index) {
  const name = `f${String(index).padStart(7, "0")}.dat`;
  if (perFolder === 0) return prefix + name;
  return `${prefix}d${String(Math.floor(index / perFolder)).padStart(5, "0")}/${name}`;
}

/**
 * @param {DataSet} set
 * @param {number} index
 */
export function sizeAt({ minBytes, maxBytes = minBytes }, index) {
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return minBytes + (mixed % (maxBytes - minBytes + 1));
}

/** All sets as one sorted list. */
export class SyntheticKeys {
  /** @param {readonly DataSet[]} sets none below another's prefix */
  constructor(sets) {
    this.sets = sets.toSorted((one, other) => (one.prefix < other.prefix ? -1 : 1));
    this.length = sets.reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * @param {number} index
   * @returns {{ key: string, size: number, checksum: "CRC32" | "CRC64NVME" | "none" }}
   */
  at(index) {
    let left = index;
    for (const set of this.sets) {
      if (left < set.count) {
        const { checksum = "CRC64NVME" } = set;
        return { key: keyAt(set, left), size: sizeAt(set, left), checksum };
      }
      left -= set.count;
    }
    throw new RangeError(`there is no key ${index} of ${this.length}`);
  }

  /**
   * Index of the first key that is `bound` or comes after it; `length` when there is none. Keys are
   * ASCII, so that JavaScript's order is S3's.
   * @param {string} bound
   */
  firstFrom(bound) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).key < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {string} key */
  find(key) {
    const index = this.firstFrom(key);
    if (index === this.length) return undefined;
    const found = this.at(index);
    return found.key === key ? found : undefined;
  }
}
