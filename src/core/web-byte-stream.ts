/**
 * A web stream of bytes as the program's own types have it, those of Node or of a browser: Node's types
 * of version 20 give the class, but no type of its name.
 */
export type WebByteStream = typeof globalThis extends {
  ReadableStream: { prototype: infer Stream };
}
  ? Stream
  : AsyncIterable<Uint8Array>;
