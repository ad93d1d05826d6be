import { s3Limits } from "../../core/limits.ts";
import type { DocumentCodec } from "../bucket-documents.ts";
import { S3Error } from "../s3-error.ts";

/** A policy's JSON, which is kept and shown as it was put. Throws MalformedPolicy. */
export const policyText: DocumentCodec<string> = {
  parse: (bytes) => {
    // Far beyond any valid policy; the exact limit counts without white space.
    if (bytes.length > s3Limits.policyBytes * 16) throw new S3Error("MaxMessageLengthExceeded");
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new S3Error("MalformedPolicy", { cause });
    }
  },
  render: (text) => text,
};
