type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out undefined members, as `exactOptionalPropertyTypes` wants it. */
export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Defined<T>;
}
