/** A word for a POSIX shell, in single quotes where it needs them, so that nothing in it is expanded. */
export function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : singleQuoted(word);
}

export function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
