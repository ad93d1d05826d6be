import type { CorsConfiguration, CorsRule } from "../../core/bucket-settings.ts";
import { s3Limits } from "../../core/limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { serveSetting } from "./serve-setting.ts";

/** All rules at once. What they do is in `../cross-origin.ts`. */
export const cors = serveSetting("cors", {
  putTraits: { digestRequired: true },
  accept: (document) => {
    assertCors(document);
    return { document };
  },
});

const methods: ReadonlySet<string> = new Set(["GET", "PUT", "HEAD", "POST", "DELETE"]);
const headerForm = /^[A-Za-z0-9-]*$/;
const idLength = 255;
const maxAgeSeconds = 2 ** 31 - 1;

/**
 * Throws InvalidRequest and MalformedXML. Source: S3 API reference, PutBucketCors and CORSRule;
 * recordings of AWS of 2026-02 for methods; versitygw #1863 and #1870, cloudserver #497 for the rest.
 */
function assertCors({ CORSRules }: CorsConfiguration): void {
  if (CORSRules.length > s3Limits.corsRules) {
    throw invalid(
      `The number of CORS rules should not exceed allowed limit of ${s3Limits.corsRules} rules.`,
    );
  }
  for (const rule of CORSRules) assertRule(rule);
}

function assertRule(rule: CorsRule): void {
  const unsupported = rule.AllowedMethods.find((method) => !methods.has(method));
  if (unsupported !== undefined) {
    throw invalid(
      `Found unsupported HTTP method in CORS config. Unsupported method is ${unsupported}`,
    );
  }
  assertOneWildcard("AllowedOrigin", rule.AllowedOrigins);
  assertOneWildcard("AllowedHeader", rule.AllowedHeaders ?? []);
  for (const header of rule.ExposeHeaders ?? []) assertExposable(header);
  if ((rule.ID ?? "").length > idLength) {
    throw invalid(`The ID of a CORS rule should not exceed allowed limit of ${idLength}.`);
  }
  const { MaxAgeSeconds: age = 0 } = rule;
  if (age < 0 || age > maxAgeSeconds) throw new S3Error("MalformedXML");
}

function assertOneWildcard(element: string, patterns: readonly string[]): void {
  const bad = patterns.find((pattern) => pattern.indexOf("*") !== pattern.lastIndexOf("*"));
  if (bad !== undefined) throw invalid(`${element} "${bad}" can not have more than one wildcard.`);
}

/** It is sent as it stands, in a header. */
function assertExposable(header: string): void {
  if (header.includes("*")) {
    throw invalid(
      `ExposeHeader "${header}" contains wildcard. We currently do not support wildcard for ` +
        "ExposeHeader.",
    );
  }
  if (!headerForm.test(header)) {
    throw invalid(`ExposeHeader "${header}" contains invalid character.`);
  }
}

function invalid(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}
