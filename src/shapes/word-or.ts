import { type Shape, unfit } from "./shape.ts";

/** One of a few words in the place of a mapping or a list. */
export function wordOr<const W extends string, T extends object>(
  words: readonly W[],
  shape: Shape<T>,
  description: string,
): Shape<W | T> {
  return {
    schema: { description, anyOf: [{ enum: words }, shape.schema] },
    read: (value, place) => {
      if (typeof value !== "string") return shape.read(value, place);
      const word = words.find((each) => each === value);
      if (word !== undefined) return word;
      const form = "items" in shape.schema ? "a list" : "a mapping";
      place.faults.add(place.path, `must be ${[...words, form].join(" or ")}`);
      return unfit;
    },
  };
}
