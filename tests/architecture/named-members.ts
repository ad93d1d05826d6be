/**
 * Where a runner names one of its members: a member says itself what it needs, so that adding one
 * touches no runner. `runner`: its source.
 */
export function findNamedMembers(runner: string, members: readonly string[]): string[] {
  const names = new Set(members);
  const texts = [...runner.matchAll(/(["'`])((?:(?!\1)[^\\\n])*)\1/g)].map(
    ([, , text = ""]) => text,
  );
  return texts.filter((text) => names.has(text));
}
