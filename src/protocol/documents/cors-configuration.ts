import type { CorsConfiguration, CorsRule } from "../../core/bucket-settings.ts";
import { integer, text } from "./scalars.ts";
import { same, xmlDocument } from "./setting-document.ts";
import { list, required, structure } from "./shape.ts";

const rule = structure<CorsRule>({
  ID: text,
  AllowedHeaders: list(text, "AllowedHeader"),
  AllowedMethods: required(list(text, "AllowedMethod")),
  AllowedOrigins: required(list(text, "AllowedOrigin")),
  ExposeHeaders: list(text, "ExposeHeader"),
  MaxAgeSeconds: integer,
});

/**
 * `CORSConfiguration`; what methods, origins and headers may be is for the caller to judge.
 * Source: S3 API reference, PutBucketCors, 2026-08.
 */
export const corsConfiguration = xmlDocument<Partial<CorsConfiguration>, CorsConfiguration>({
  root: "CORSConfiguration",
  shape: structure({ CORSRules: required(list(rule, "CORSRule")) }),
  fromWire: ({ CORSRules }) => ({ CORSRules: CORSRules ?? [] }),
  toWire: same,
});
