import { memoryLimits } from "../core/memory-limits.ts";
import { keepMemory } from "../core/spare-memory.ts";

const bytesPerCharacter = 2;

/**
 * Answers that were made out of the index, for as long as nothing has changed in it. Many readers ask for the
 * same pages, such as workers that begin together and each list the data: to make one again takes ten times as
 * long as to send it. Every change has a number of its own, which is part of the index, so that an answer and
 * the state that it shows cannot come apart.
 */
export class KeptAnswers {
  readonly #lastChange: () => number | undefined;
  readonly #answers = new Map<string, Uint8Array>();
  #change: number | undefined;
  #bytes = 0;

  /** @param lastChange Number of the last change that readers see. */
  constructor(lastChange: () => number | undefined) {
    this.#lastChange = lastChange;
  }

  /**
   * What `make` makes, or made under this name since the last change. Nobody may write to it. Whoever asks
   * first after a change is not worth keeping for: the next change may come before the next reader. Once
   * `memoryLimits.keptAnswerBytes` are kept no more is, so that a long listing does not push out all others.
   */
  answer(name: string, make: () => Uint8Array): Uint8Array {
    // Before the answer is made: it then shows this state or a later one, which has another number.
    const change = this.#lastChange();
    if (change !== this.#change) {
      this.#change = change;
      this.#answers.clear();
      this.#bytes = 0;
      return make();
    }
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const made = make();
    const bytes = made.buffer.byteLength + bytesPerCharacter * name.length;
    if (this.#bytes + bytes > memoryLimits.keptAnswerBytes) return made;
    keepMemory(made.buffer);
    this.#answers.set(name, made);
    this.#bytes += bytes;
    return made;
  }
}
