// @ts-check
// What was put: no bytes, only what an answer to HEAD needs.

/**
 * @typedef {object} Stored
 * @property {number} size
 * @property {string} echoed header lines: metadata, checksums, ETag
 * @property {number | undefined} crc32 of the bytes, when the server was told to take it
 */

/** @typedef {{ key: string, parts: Map<number, Stored>, echoed: string }} Upload */

export class Uploads {
  /** @type {Map<string, Stored>} */
  objects = new Map();
  /** @type {Map<string, Upload>} */
  inProgress = new Map();
  #next = 1;

  /**
   * @param {string} key
   * @param {string} echoed
   */
  begin(key, echoed) {
    const id = `upload-${String(this.#next).padStart(12, "0")}`;
    this.#next += 1;
    this.inProgress.set(id, { key, parts: new Map(), echoed });
    return id;
  }

  clear() {
    this.objects.clear();
    this.inProgress.clear();
  }
}
