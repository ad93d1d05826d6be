import { documentLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";
import type { SettingDocument } from "./setting-document.ts";
import { malformed } from "./read-element.ts";

/** A policy's JSON, which is kept and shown as it was put. Throws MalformedPolicy. */
export const policyText: SettingDocument<string> = {
  parse: (bytes) => {
    // Far beyond any valid policy; the exact limit counts without white space.
    if (bytes.length > documentLimits.policyBytes) throw new S3Error("MaxMessageLengthExceeded");
    if (typeof bytes === "string") return bytes;
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new S3Error("MalformedPolicy", { cause });
    }
  },
  render: (text) => text,
  parseAnswer: (text) => {
    if (!text.trimStart().startsWith("{")) throw malformed();
    return { document: text, unknown: [] };
  },
  // All of a text is known.
  renderOver: () => undefined,
  headersOf: () => ({}),
  findUnknown: () => undefined,
};
