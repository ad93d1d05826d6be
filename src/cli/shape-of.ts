/** How a command was called. */
export interface CallShape {
  /** Its name, fit for the name of a file; `other` where the first word is none. */
  readonly command: string;
  /** Its options without their values, and which of its words are places in a store. */
  readonly shape: string;
}

const nameChars = 30;
const shapeChars = 200;

/** Tells calls apart that run different code, as far as can be told from their words. */
export function shapeOf([first = "", ...args]: readonly string[]): CallShape {
  const isName = /^[a-z][a-z-]*$/.test(first) && first.length <= nameChars;
  const words = (isName ? args : [first, ...args]).map((word) => {
    if (word.startsWith("-")) return /^[\w-]*/.exec(word)?.[0];
    return word.startsWith("s3://") ? "s3" : "word";
  });
  return { command: isName ? first : "other", shape: words.join(" ").slice(0, shapeChars) };
}
