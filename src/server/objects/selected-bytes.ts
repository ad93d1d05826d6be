import { parseRange, type ResolvedRange, resolveRange } from "../../core/byte-range.ts";
import { s3Limits } from "../../core/limits.ts";
import type { ObjectPart, ObjectRecord } from "../../engine/engine.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { parseHttpDate } from "../../protocol/http-date.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/** The bytes that a GET or HEAD asks for. */
export interface SelectedBytes {
  /** Undefined: the whole object, answered with 200. */
  readonly range: ResolvedRange | undefined;
  /** Set for `partNumber` of an object made of parts. */
  readonly part: ObjectPart | undefined;
  readonly partNumber: number | undefined;
}

/** Throws InvalidRange, InvalidPartNumber, InvalidArgument, or InvalidRequest when both are asked. */
export function selectBytes(request: OperationRequest, record: ObjectRecord): SelectedBytes {
  const rangeHeader = request.header("range");
  const partText = request.query.get("partNumber");
  if (partText !== undefined) {
    if (rangeHeader !== undefined) {
      throw new S3Error("InvalidRequest", {
        message: "Cannot specify both Range header and partNumber query parameter",
      });
    }
    return selectPart(parsePartNumber(partText), record);
  }
  const whole = { range: undefined, part: undefined, partNumber: undefined };
  const range = rangeHeader === undefined ? undefined : parseRange(rangeHeader);
  if (rangeHeader === undefined || range === undefined || isOtherObject(request, record)) {
    return whole;
  }
  // The last bytes of none are none: S3 answers 200.
  if (record.sizeBytes === 0 && "suffixLength" in range && range.suffixLength > 0) return whole;
  const resolved = resolveRange(range, record.sizeBytes);
  if (resolved !== undefined) return { ...whole, range: resolved };
  throw new S3Error("InvalidRange", {
    extra: { ActualObjectSize: String(record.sizeBytes), RangeRequested: rangeHeader },
    headers: { "content-range": `bytes */${record.sizeBytes}` },
  });
}

/** If-Range by RFC 9110, section 13.1.5: a strong ETag, or exactly the date of the last change. */
function isOtherObject(request: OperationRequest, record: ObjectRecord): boolean {
  const validator = request.header("if-range")?.trim();
  if (validator === undefined) return false;
  const date = parseHttpDate(validator);
  if (date === undefined) return bareEtag(validator) !== record.etag || validator.startsWith("W/");
  return Math.floor(record.lastModified.getTime() / 1000) !== date.getTime() / 1000;
}

/** 1 to 10,000. */
export function parsePartNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= s3Limits.partsPerUpload) return value;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${s3Limits.partsPerUpload}, inclusive`,
    "partNumber",
    text,
  );
}

function selectPart(partNumber: number, record: ObjectRecord): SelectedBytes {
  if (record.parts === undefined || record.parts.length === 0) {
    // An object without parts counts as one of a single part.
    if (partNumber !== 1) throw noSuchPart(partNumber, 1);
    const range = record.sizeBytes === 0 ? undefined : { first: 0, last: record.sizeBytes - 1 };
    return { range, part: undefined, partNumber };
  }
  let first = 0;
  for (const part of record.parts) {
    if (part.partNumber === partNumber) {
      const range = part.sizeBytes === 0 ? undefined : { first, last: first + part.sizeBytes - 1 };
      return { range, part, partNumber };
    }
    first += part.sizeBytes;
  }
  throw noSuchPart(partNumber, record.parts.length);
}

function noSuchPart(partNumber: number, partCount: number): S3Error {
  return new S3Error("InvalidPartNumber", {
    extra: { ActualPartCount: String(partCount), PartNumberRequested: String(partNumber) },
  });
}
