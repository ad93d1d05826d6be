import type { ChecksumAlgorithm } from "../../core/checksum.ts";
import type { StagedBlob } from "../../engine/engine.ts";
import type { ObjectBody } from "../../protocol/payload/object-body.ts";
import type { OperationRequest } from "../operation.ts";

/**
 * Takes a body into the store, nothing of it visible yet, and checks every digest that came with it.
 * `publish` gets the staged bytes; when it or a digest fails they are given back. They are encrypted with
 * `dataKey`, by default with the store's own.
 */
export async function receiveObject<T>(
  request: OperationRequest,
  body: ObjectBody,
  checksums: readonly ChecksumAlgorithm[],
  publish: (staged: StagedBlob) => Promise<T>,
  dataKey?: Buffer,
): Promise<T> {
  const staged = await request.engine.stage(body, {
    checksums,
    dataKey,
    expectedBytes: body.lengthBytes,
  });
  try {
    body.assertDigests(staged);
    return await publish(staged);
  } catch (error) {
    await staged.discard();
    throw error;
  }
}
