import { dialectNames } from "../core/dialect-name.ts";
import { findPartition, isAwsHost, isRegionName } from "../core/partition.ts";
import { clientLimits } from "../core/limits.ts";
import { bucketNameProblem } from "../core/bucket-name.ts";
import type { SettingVariable } from "./variables.ts";

/** A value as given turned into the one to use, or what is wrong, in words that follow the value. */
export type ValueReading =
  | { readonly value: string | number | boolean }
  | { readonly problem: string; readonly remedy?: string };

/** The parts of a value's meaning that depend on other settings. */
export interface ValueContext {
  /** The S3 backend's store is AWS itself: no endpoint, or one of AWS's. */
  readonly onAws: boolean;
}

/** Judges one value by its variable's kind. Never repeats the value: it may be a secret. */
export function readSettingValue(
  variable: SettingVariable,
  text: string,
  context: ValueContext,
): ValueReading {
  if (/^(["']).*\1$/s.test(text)) {
    return {
      problem: "is wrapped in quotes that belong to the value",
      remedy: "Remove the quotes; docker --env-file, for one, keeps them.",
    };
  }
  return readers[variable.kind](text, variable, context);
}

type Reader = (text: string, variable: SettingVariable, context: ValueContext) => ValueReading;

const readers: Readonly<Record<SettingVariable["kind"], Reader>> = {
  backend: readBackend,
  bucket: readBucket,
  region: (text, _, context) => readRegion(text, context),
  endpoint: readEndpoint,
  dialect: readDialect,
  boolean: readBoolean,
  credential: readCredential,
  seconds: readSeconds,
  text: (text) => ({ value: text }),
};

function readCredential(text: string): ValueReading {
  if (!/\s/.test(text)) return { value: text };
  return { problem: "holds white space", remedy: "Copy it again, without spaces and line ends." };
}

function readBackend(text: string): ValueReading {
  const name = text.toLowerCase();
  if (name === "s3") return { value: "s3" };
  if (name === "qumulo" || name === "qumulo_s3" || name === "qumulo-s3") return { value: "qumulo" };
  return {
    problem: name === "gcs" ? "is not offered here" : "is no backend",
    remedy:
      name === "gcs"
        ? "Google Cloud Storage speaks S3 too: STORAGE_BACKEND=s3 with " +
          "STORAGE_S3_ENDPOINT_URL=https://storage.googleapis.com and an HMAC key."
        : "Use s3 or qumulo. MinIO, Ceph and others are s3 with STORAGE_S3_ENDPOINT_URL.",
  };
}

function readDialect(text: string): ValueReading {
  const name = dialectNames.find((known) => known === text.toLowerCase());
  if (name === "qumulo") {
    return { problem: "is a backend of its own", remedy: "Set STORAGE_BACKEND=qumulo." };
  }
  if (name !== undefined) return { value: name };
  const known = dialectNames.filter((one) => one !== "qumulo").join(", ");
  return { problem: "is no kind of store", remedy: `Use one of ${known}, or leave it unset.` };
}

function readBucket(text: string, variable: SettingVariable, context: ValueContext): ValueReading {
  const onAws = variable.setting === "storageS3Bucket" && context.onAws;
  const problem = bucketNameProblem(text, onAws ? "aws" : "other");
  return problem === undefined ? { value: text } : { problem };
}

function readRegion(text: string, context: ValueContext): ValueReading {
  if (!context.onAws) {
    return isRegionName(text)
      ? { value: text }
      : { problem: "is no region: letters, digits, hyphens and underscores only" };
  }
  if (findPartition(text) !== undefined) return { value: text };
  const zone = /^(.*\d)[a-z]$/.exec(text)?.[1];
  if (zone !== undefined && findPartition(zone) !== undefined) {
    return { problem: `is an availability zone; its region is ${zone}` };
  }
  const tidied = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-");
  if (findPartition(tidied) !== undefined) {
    return { problem: `is not how AWS writes regions; ${tidied} is` };
  }
  return { problem: "is no AWS region", remedy: "Regions look like us-east-1 or us-gov-west-1." };
}

function readEndpoint(text: string): ValueReading {
  if (!/^https?:\/\//i.test(text)) {
    return { problem: "has no scheme", remedy: "Start it with https:// or http://." };
  }
  if (!URL.canParse(text)) return { problem: "is no URL" };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return {
      problem: "holds a user name or password",
      remedy: "Keys belong in the ..._ACCESS_KEY_ID and ..._SECRET_ACCESS_KEY variables.",
    };
  }
  if (url.search !== "" || url.hash !== "") return { problem: "holds a query or fragment" };
  if (url.pathname !== "/") {
    return { problem: "has a path", remedy: "Give scheme, host and port; the bucket goes apart." };
  }
  return { value: url.origin };
}

const mostSeconds = clientLimits.retryForMaxMs / 1000;

function readSeconds(text: string): ValueReading {
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text)) {
    return { problem: "is no number of seconds", remedy: "Write a number such as 20, or 0.5." };
  }
  const seconds = Number(text);
  if (seconds <= mostSeconds) return { value: seconds };
  return { problem: `is more than ${mostSeconds} seconds` };
}

function readBoolean(text: string): ValueReading {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on", "t", "y"].includes(word)) return { value: true };
  if (["false", "0", "no", "off", "f", "n"].includes(word)) return { value: false };
  return { problem: "is neither true nor false" };
}

/** Whether an endpoint is AWS's own; an unset one is. */
export function isAwsEndpoint(endpointUrl: string | undefined): boolean {
  if (endpointUrl === undefined || endpointUrl === "") return true;
  return URL.canParse(endpointUrl) && isAwsHost(new URL(endpointUrl).host);
}
