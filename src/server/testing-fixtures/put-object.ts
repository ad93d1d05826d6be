import type { Engine, ObjectRecord } from "../../engine/engine.ts";

/** Stores an object through the engine alone. */
export async function putTestObject(
  engine: Engine,
  bucket: string,
  key: string,
  text = "content",
): Promise<ObjectRecord> {
  const staged = await engine.stage(oneChunk(text));
  return engine.putObject({
    bucket,
    key,
    staged,
    headers: { "content-type": "text/plain" },
    metadata: {},
    encryption: { algorithm: "AES256" },
    checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "AAAAAA==" },
  });
}

async function* oneChunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
