/** Farther than this is no typing mistake. */
const maxDistance = 3;

/** The candidate that was probably meant: the same words and more, or few letters apart. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const words = name.split("_");
  const longer = ranked.find(({ candidate }) => {
    const others = new Set(candidate.split("_"));
    return words.every((word) => others.has(word));
  });
  return (longer ?? ranked.find(({ distance }) => distance <= maxDistance))?.candidate;
}

/** Levenshtein's distance: letters to put in, take out or change. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + change,
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
