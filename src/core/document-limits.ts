const mib = 1024 * 1024;

/** Bounds of a document that people write, such as a world file or a wish for a bucket; ours. */
export const documentLimits = {
  documentBytes: 4 * mib,
  /** Of its mappings and lists; policies are the deepest. */
  depth: 32,
  /** Values in all, those that aliases repeat counted each time. */
  values: 200_000,
  /** Each is looked for in the whole document. */
  aliases: 1000,
  /** Faults that are told of one document; the rest is counted. */
  faultsTold: 20,
} as const;
