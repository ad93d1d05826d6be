import { rm } from "node:fs/promises";
import { s3Limits, transferLimits } from "../../core/limits.ts";
import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { PutResult, UploadAddress, UploadedPart } from "../../core/object-store.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import type { UploadStreamOptions } from "../transfer-options.ts";
import { objectHeaders } from "./object-headers.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { choosePartSize } from "./part-size.ts";
import { runLanes } from "../run-lanes.ts";
import { streamPartBytes } from "./stream-part-bytes.ts";
import { StreamReader } from "./stream-reader.ts";
import { FileSource } from "./file-source.ts";
import { uploadSource } from "./upload-object.ts";
import { inMultipartUpload, type MultipartRequest } from "./upload-multipart.ts";
import { withMediaType } from "./with-media-type.ts";
import type { WrittenObject } from "../written-object.ts";

const operation = "uploadStream";

/**
 * Uploads bytes of unknown length as they come, in parts that grow with what has come already. A
 * stream that fails leaves nothing behind, and what was under the key stays.
 */
export async function uploadStream(
  context: TransferContext,
  contents: AsyncIterable<Uint8Array>,
  key: string,
  given: UploadStreamOptions = {},
): Promise<WrittenObject> {
  assertObjectKey(key, operation);
  return inScope(operation, given, async (scope) => {
    const options = await withMediaType(given, { key });
    const reader = new StreamReader(contents, scope.signal);
    try {
      // To replace an object in steps, bytes are needed twice; so they go to a file first.
      if (context.store.capabilities.overwrite !== "yes") {
        const file = await context.temporary.pathFor(key);
        try {
          await reader.writeTo(file);
          return await uploadSpooled(context, file, { key, options, scope });
        } finally {
          await rm(file, { force: true });
        }
      }
      const { put, sizeBytes } = await send(context, { key, reader, options, scope });
      return { key, sizeBytes, put };
    } finally {
      reader.leave();
    }
  });
}

async function uploadSpooled(
  context: TransferContext,
  file: string,
  { key, options: { onProgress, ...options }, scope }: Omit<StreamRequest, "reader">,
): Promise<WrittenObject> {
  const source = await FileSource.open(file, context.partMemory);
  try {
    const progress = onProgress !== undefined && { onProgress };
    return await uploadSource(context, {
      source,
      key,
      options: { ...options, ...progress },
      scope,
    });
  } finally {
    await source.close();
  }
}

interface StreamRequest {
  readonly key: string;
  readonly reader: StreamReader;
  readonly options: UploadStreamOptions;
  readonly scope: OperationScope;
}

async function send(
  context: TransferContext,
  request: StreamRequest,
): Promise<{ put: PutResult; sizeBytes: number }> {
  const { key, reader, options, scope } = request;
  const { ifAbsent, ifMatch, tags } = options;
  const stored = {
    ...objectHeaders(options),
    ...toEncryption(context, options.sse),
    ...(tags !== undefined && { tags }),
  };
  const conditions = {
    ...(ifAbsent !== undefined && { ifAbsent }),
    ...(ifMatch !== undefined && { ifMatch }),
  };
  const checksum = options.checksum ?? "auto";
  const unit = context.store.capabilities.partSizeMultipleBytes;
  const partBytes = choosePartSize(options.expectedBytes ?? 0, unit, options.partSizeBytes);
  const first = await readPart(context, reader, partBytes);
  if (first.body.length < partBytes) {
    const { signal } = scope;
    try {
      const wishes = { ...stored, ...conditions, checksum, signal };
      const put = await context.store.putObject(key, first.body, wishes);
      options.onProgress?.({ doneBytes: first.body.length });
      return { put, sizeBytes: first.body.length };
    } finally {
      first.release();
    }
  }
  const multipart: MultipartRequest = { key, conditions, stored, checksum };
  let sizeBytes = 0;
  try {
    const put = await inMultipartUpload(context, multipart, scope, async (upload) => {
      const parts = await sendParts(context, request, upload, { first, partBytes });
      for (const part of parts) sizeBytes += part.sizeBytes;
      return parts;
    });
    return { put, sizeBytes };
  } finally {
    first.release();
  }
}

interface StreamPart {
  readonly body: Buffer;
  /** Gives its memory back. Safe to call twice. */
  release(): void;
}

/** The next bytes of the stream; fewer than asked for only at its end. */
async function readPart(
  { partMemory }: TransferContext,
  reader: StreamReader,
  sizeBytes: number,
): Promise<StreamPart> {
  const buffer = await partMemory.take(sizeBytes);
  let isTaken = true;
  const release = (): void => {
    if (isTaken) partMemory.give(buffer);
    isTaken = false;
  };
  try {
    return { body: await reader.fill(buffer), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Parts are read one after the other and sent side by side, as many as memory is meant for. */
async function sendParts(
  context: TransferContext,
  { reader, options, scope }: StreamRequest,
  upload: UploadAddress,
  { first, partBytes }: { readonly first: StreamPart; readonly partBytes: number },
): Promise<UploadedPart[]> {
  const { capabilities } = context.store;
  const parts: UploadedPart[] = [];
  let doneBytes = 0;
  let partsRead = 0;
  let started = 0;
  let reading: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<StreamPart & { readonly partNumber: number }> => {
    partsRead += 1;
    const partNumber = partsRead;
    const sizeBytes = streamPartBytes(partNumber, partBytes, capabilities);
    const part = partNumber === 1 ? first : await readPart(context, reader, sizeBytes);
    return { ...part, partNumber };
  };
  const most = options.concurrency ?? transferLimits.partsInFlight;
  await runLanes(most, scope.signal, async (signal) => {
    const lane = started;
    started += 1;
    while (!signal.aborted) {
      const inFlightBytes = lane * streamPartBytes(partsRead + 1, partBytes, capabilities);
      if (lane > 0 && inFlightBytes >= transferLimits.streamBufferBytes) return;
      const turn = reading.then(read);
      reading = turn.catch(() => undefined);
      const part = await turn;
      const { partNumber, body } = part;
      try {
        if (body.length === 0) return;
        if (partNumber > s3Limits.partsPerUpload) throw tooLong(upload.key);
        const checksum = options.checksum ?? "auto";
        const address = { ...upload, partNumber };
        parts.push(await context.store.uploadPart(address, body, { checksum, signal }));
      } finally {
        part.release();
      }
      doneBytes += body.length;
      options.onProgress?.({ doneBytes });
    }
  });
  return parts.toSorted((a, b) => a.partNumber - b.partNumber);
}

function tooLong(key: string): StorageError {
  return new StorageError("InvalidArgument", `${operation}: the stream for ${key} does not end.`, {
    operation,
    key,
    remedy: "It is larger than 10,000 growing parts hold; write it to a file and upload that.",
  });
}
