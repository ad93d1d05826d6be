import { s3Limits } from "../../core/limits.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import { invalidArgument } from "../../protocol/s3-error.ts";

/** What all listings of a bucket have in common. */
export interface ListParameters {
  readonly prefix: string;
  /** Never empty: S3 takes an empty delimiter for none, and does not repeat it. */
  readonly delimiter: string | undefined;
  /** 0 to 1,000, as answered; larger ones are cut. */
  readonly limit: number;
  readonly urlEncoded: boolean;
}

/** Throws InvalidArgument. `limitName`: `max-keys` or `max-uploads`. */
export function readListParameters(
  query: QueryParameters,
  limitName: "max-keys" | "max-uploads",
): ListParameters {
  const encodingType = query.get("encoding-type");
  if (encodingType !== undefined && encodingType !== "url") {
    throw invalidArgument(
      "Invalid Encoding Method specified in Request",
      "encoding-type",
      encodingType,
    );
  }
  const delimiter = query.get("delimiter");
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: delimiter === "" ? undefined : delimiter,
    limit: readLimit(query, limitName),
    urlEncoded: encodingType === "url",
  };
}

const largestInteger = 2_147_483_647;

function readLimit(query: QueryParameters, name: "max-keys" | "max-uploads"): number {
  const text = query.get(name);
  if (text === undefined || text === "") return s3Limits.listPageKeys;
  if (!/^[+-]?\d{1,10}$/.test(text) || Math.abs(Number(text)) > largestInteger) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  const limit = Number(text);
  if (limit < 0) {
    const argument = name === "max-keys" ? "maxKeys" : "maxUploads";
    throw invalidArgument(
      `Argument ${argument} must be an integer between 0 and ${largestInteger}`,
      argument,
      text,
    );
  }
  return Math.min(limit, s3Limits.listPageKeys);
}

/** A boolean parameter such as `fetch-owner`. */
export function isTrue(query: QueryParameters, name: string): boolean {
  return query.get(name)?.toLowerCase() === "true";
}
