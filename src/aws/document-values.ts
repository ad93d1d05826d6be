/** From the SDK's values to ours: `undefined` left out, dates as ISO text. */
export function fromSdk(value: object): unknown {
  return convert(value, (leaf) => (leaf instanceof Date ? leaf.toISOString() : leaf));
}

/** From ours to the SDK's: a copy it may keep, with ISO text under `Date` as a date. */
export function toSdk(value: object): unknown {
  return convert(value, (leaf, name) =>
    name === "Date" && typeof leaf === "string" ? new Date(leaf) : leaf,
  );
}

type LeafConversion = (leaf: unknown, name: string) => unknown;

function convert(value: unknown, leaf: LeafConversion, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, leaf, name));
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return leaf(value, name);
  }
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => [key, convert(inner, leaf, key)]);
  return Object.fromEntries(entries);
}
