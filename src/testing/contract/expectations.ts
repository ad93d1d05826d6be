import assert from "node:assert/strict";
import { isStorageError, type StorageErrorCode } from "../../core/errors.ts";

/** Throws unless the call fails with this code, and with these facts. */
export async function failsWith(
  call: Promise<unknown>,
  code: StorageErrorCode,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(isStorageError(error), `a StorageError was wanted, not ${String(error)}`);
    const found = Object.fromEntries(
      Object.keys(facts).map((name) => [name, error[name as keyof typeof error]]),
    );
    assert.deepEqual({ code: error.code, ...found }, { code, ...facts });
    return true;
  });
}

/** Throws unless `found` has these members. */
export function has(found: object | undefined, members: Readonly<Record<string, unknown>>): void {
  assert.ok(found !== undefined, "nothing was found");
  const taken = Object.keys(members).map((name) => [name, Reflect.get(found, name)]);
  assert.deepEqual(Object.fromEntries(taken), members);
}

/** Throws unless these are the same bytes; says their lengths, never their megabytes. */
export function sameBytes(found: Uint8Array | null, wanted: Uint8Array): void {
  const isSame = found !== null && Buffer.compare(found, wanted) === 0;
  assert.ok(isSame, `${found?.length ?? "no"} bytes are not the ${wanted.length} that were wanted`);
}

export async function allBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
