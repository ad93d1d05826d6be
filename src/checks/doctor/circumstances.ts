import type { Circumstance } from "./cause-row.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import { isLinkOver } from "./link-in-text.ts";
import { missingParts } from "./missing-parts.ts";

function when(words: string, holds: Circumstance["holds"]): Circumstance {
  return { words, holds };
}

const silently = (circumstance: Circumstance): Circumstance => ({
  ...circumstance,
  isSilent: true,
});

export const smallWorked = when(
  "a small upload went well just before",
  ({ smallWorks }) => smallWorks === true,
);

export const inParts = when(
  "it was part of an upload in parts",
  (_, { operation = "", tried }) => /Multipart|UploadPart/.test(operation) || /parts/.test(tried),
);

export const justWritten = when(
  "the object was written by the same caller just before",
  ({ probePrefix, smallWorks }, { key }) =>
    smallWorks === true && probePrefix !== undefined && key?.startsWith(probePrefix) === true,
);

export const onlyReading = when(
  "it was a read",
  (_, { operation = "", tried }) =>
    /^(?:Get|Head)Object/.test(operation) || /read|ask for a file|attributes/i.test(tried),
);

export const aboutKey = when(
  "it was about one object",
  (_, { key, operation = "" }) => key !== undefined || /^(?:Get|Head)Object$/.test(operation),
);

export const throughPlainHttp = when(
  "the endpoint is http://",
  ({ endpointUrl }) => endpointUrl?.startsWith("http://") === true,
);

export const mentionsTls = when("the bucket's policy denies what comes without TLS", ({ policy }) =>
  /aws:SecureTransport/i.test(policy ?? ""),
);

export const policyUnknown = when(
  "the bucket's policy could not be read",
  ({ policy }) => policy === undefined,
);

export const notForTls = when(
  "it did not come for want of TLS",
  ({ endpointUrl, policy }) =>
    endpointUrl?.startsWith("http://") !== true ||
    (policy !== undefined && !/aws:SecureTransport/i.test(policy)),
);

export const keyOfAnotherAccount = when(
  "the key is of another account than the caller",
  (facts, { denial, message }) => {
    const named = denial?.resource ?? facts.kmsKey ?? message;
    const account = /:kms:[^:]*:(\d{12}):/.exec(named)?.[1];
    return account !== undefined && account !== callerAccount(facts, denial?.principal);
  },
);

export const callerIsForeign = when(
  "the caller is of another account than expected",
  ({ caller, expectedAccount }) =>
    caller !== undefined && expectedAccount !== undefined && caller.accountId !== expectedAccount,
);

export const keysAreTemporaryWithoutToken = when(
  "the key is a temporary one (ASIA...) and no session token goes with it",
  ({ keyKind, keysHaveToken }) => keyKind === "ASIA" && keysHaveToken === false,
);

export const unknownToS3 = when(
  "S3 does not know the key either (InvalidAccessKeyId)",
  (_, { details }) => details["S3Code"] === "InvalidAccessKeyId",
);

export const tokenIsNoToken = when(
  "S3 knows the key, and not the session token (InvalidToken)",
  (_, { details }) => details["S3Code"] === "InvalidToken",
);

export const keysHaveToken = when(
  "a session token goes with the keys",
  ({ keysHaveToken: token }) => token === true,
);

export const otherPartition = when(
  "the keys are of another partition than the region",
  ({ caller, partition }) => caller !== undefined && caller.arn.split(":")[1] !== partition,
);

export const dottedBucket = when(
  "the bucket's name has a dot",
  ({ bucket = "", host = "" }) =>
    bucket.includes(".") && (host === "" || host.startsWith(`${bucket}.`)),
);

export const proxySet = when("a proxy is set", ({ proxy }) => proxy !== undefined);

export const notOnAws = when("the store is not AWS", ({ store }) => store !== "aws");

export const versioningOn = when("versioning is on", ({ versioning }) => versioning === "Enabled");

export const restrictsPublic = when(
  "RestrictPublicBuckets is on",
  ({ publicAccessBlock }) => publicAccessBlock?.RestrictPublicBuckets === true,
);

/** Within one account or organisation AWS gives the reason. */
export const reasonNotTold = when(
  "no reason was given",
  (_, { denial }) => denial === undefined || denial.cause === "not-told",
);

export const listingIsRefused = when(
  "what was refused needs s3:ListBucket, or it is not known whether the caller may list",
  (_, { denial, operation = "" }) =>
    denial?.action === "s3:ListBucket" ||
    (denial?.action === undefined &&
      !/^(?:Put|Upload|Create|Complete|Abort|Delete)/.test(operation)),
);

function callerAccount({ caller }: DoctorFacts, principal: string | undefined): string | undefined {
  return principal?.split(":")[4] ?? caller?.accountId;
}

export const aboutLink = when("it was about a presigned link", (_, { link }) => link !== undefined);

export const notAboutLink = silently(
  when("it was about no presigned link", (_, { link }) => link === undefined),
);

export const notAboutRegion = silently(
  when("it speaks of no region", (_, { message }) => !/the region '/.test(message)),
);

export const linkIsOver = when(
  "the time of the link is over",
  (_, { link }) => link !== undefined && isLinkOver(link) === true,
);

export const regionIsExported = when(
  "STORAGE_S3_REGION is set in the environment",
  ({ regionSource }) => regionSource === "environment STORAGE_S3_REGION",
);

export const regionIsNotExported = when(
  "it is not set in the environment",
  ({ regionSource }) => regionSource !== "environment STORAGE_S3_REGION",
);

const partsOf = ({ variables = [] }: DoctorFacts) =>
  variables.filter((each) => missingParts(each).length > 0);

export const partIsExported = (prefix: string): Circumstance =>
  when(`a part of ${prefix}* is set in the environment`, (facts) =>
    partsOf(facts).some((each) => each.source === "environment" && each.prefix === prefix),
  );

export const partMayBeInDotenv = when("a part may be set in .env", (facts) => {
  const parts = partsOf(facts);
  return parts.length === 0 || parts.some(({ source }) => source !== "environment");
});
