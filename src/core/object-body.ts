/** The bytes of an object, for one reader. */
export interface ObjectBody extends AsyncIterable<Uint8Array> {
  /**
   * Gives the bytes to `take`, chunk by chunk, in memory that is used again once `take` has returned,
   * or what it returned is fulfilled. Half the CPU of going through the chunks; absent where a store
   * has no such way. What `take` throws ends the body.
   */
  pour?(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void>;
}

/** Gives all bytes of a body to `take`, the cheaper way where there is one; see `ObjectBody.pour`. */
export async function pourBody(
  body: ObjectBody,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  if (body.pour !== undefined) return body.pour(take);
  for await (const chunk of body) await take(chunk);
}
