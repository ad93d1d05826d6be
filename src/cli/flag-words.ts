/** Options of the library that remedies name, and the flags that stand for them. */
const flags: readonly (readonly [RegExp, string])[] = [
  [/\b(allowEmpty): true\b/g, "--$1"],
  [/\b(onMissing|onUnsafe): "report"/g, "--$1 report"],
  [/\b(maxEntries|maxBytes|maxRatio)\b/g, "--$1"],
  [/\bifAbsent\b/g, "--no-overwrite"],
];

/** A remedy in the words of the command line: whoever reads it there knows flags, not options of calls. */
export function inFlags(remedy: string): string {
  const named = flags.reduce((text, [word, flag]) => text.replaceAll(word, flag), remedy);
  return named.replaceAll(/--[a-zA-Z]+/g, (flag) =>
    flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
}
