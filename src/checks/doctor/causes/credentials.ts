import type { CauseRow } from "../cause-row.ts";
import {
  aboutLink,
  callerIsForeign,
  keysAreTemporaryWithoutToken,
  keysHaveToken,
  linkIsOver,
  notAboutLink,
  notAboutRegion,
  otherPartition,
  partIsExported,
  partMayBeInDotenv,
  tokenIsNoToken,
  unknownToS3,
} from "../circumstances.ts";

import { regionCommands } from "./region-commands.ts";

/** Configuration, credentials and who they are. */
export const credentialCauses: readonly CauseRow[] = [
  {
    id: "D47",
    layer: "configuration",
    title: "No region is set, or it is none",
    symptom: "`Region is missing`, or a setting that is no region.",
    cause: "No setting, variable or profile names a region that can be one.",
    affects: "Requests go nowhere, or to us-east-1 by default.",
    signs: [
      {
        sure: "certain",
        says: /Region is missing|You must specify a region|could not find region configuration|Provided region_name/i,
      },
      {
        sure: "certain",
        says: /(?:STORAGE_S3_REGION|AWS_REGION|AWS_DEFAULT_REGION)\b.* is (?:no|not)\b/,
      },
      { sure: "certain", codes: ["RegionNotSet"] },
    ],
    remedy: {
      text: "Set STORAGE_S3_REGION to the bucket's region, such as us-east-1.",
      commands: regionCommands("us-east-1"),
      by: "you",
    },
    source: "AWS SDK for JavaScript, region provider; settings of this program.",
  },
  {
    id: "D66",
    layer: "configuration",
    title: "Only a part of the keys is set",
    symptom: "An access key without its secret, or temporary keys without their session token.",
    cause:
      "Id, secret and, of temporary keys, session token belong together. SMS API takes explicit keys only " +
      "when all three are set, and ignores them without a word otherwise; then others' keys are used.",
    affects: "Requests are made as somebody else, or refused.",
    signs: [
      { sure: "certain", codes: ["PartialKeys"] },
      { sure: "certain", says: /Partial credentials found/ },
      {
        sure: "certain",
        says: /credentials in the environment lack|is set without|lacks? .*(?:SECRET_ACCESS_KEY|SESSION_TOKEN|ACCESS_KEY_ID)/,
      },
    ],
    remedy: {
      text:
        "Set all of them from one sign-in, or none and use SSO or a profile: a part in the environment is " +
        "unset, lines of a part in .env are turned into comments by `doctor --fix`.",
      commands: [
        ...["AWS_", "STORAGE_S3_", "STORAGE_QUMULO_"].map((prefix) => ({
          line: `unset ${prefix}ACCESS_KEY_ID ${prefix}SECRET_ACCESS_KEY ${prefix}SESSION_TOKEN`,
          when: partIsExported(prefix),
        })),
        { line: "sms-storage doctor --fix", when: partMayBeInDotenv },
      ],
      by: "you",
    },
    fix: { kind: "comment-out-keys" },
    source: "SMS API, file_service_s3.py: explicit credentials need all three values.",
  },
  {
    id: "D67",
    layer: "configuration",
    title: "Others may read .env",
    severity: "low",
    symptom: "The mode of `.env` lets the group or everybody read it.",
    cause: "The file was made with the usual mode; it may hold keys.",
    affects: "Whoever uses this machine may read what is in it.",
    signs: [{ sure: "certain", codes: ["OpenDotenv"] }],
    remedy: {
      text: "Let its owner alone read it.",
      commands: ["chmod 600 {dotenv}"],
      by: "you",
    },
    fix: { kind: "make-private" },
    source: "Security practice 4 of the set-up guide.",
  },
  {
    id: "D68",
    layer: "configuration",
    title: "A setting is wrong",
    symptom: "A value that cannot be what it stands for.",
    cause: "The settings cannot be used as they are.",
    affects: "Nothing can be asked with these settings.",
    signs: [{ sure: "possible", codes: ["ConfigurationError"] }],
    remedy: {
      text: "See each value and where it comes from, and correct the one that is named.",
      commands: ["sms-storage config explain"],
      by: "you",
    },
    source: "Settings of this program.",
  },
  {
    id: "D70",
    layer: "objects",
    title: "The presigned link has ended",
    symptom:
      "`AccessDenied` (403) `Request has expired`; of a link that temporary credentials made, " +
      "`ExpiredToken` (400), too.",
    cause:
      "A link works for the time that it was made for, 7 days at most; one that temporary credentials " +
      "(SSO, a role) signed ends with them, whatever time was asked for.",
    affects: "Whoever has the link. The object itself is as it was.",
    signs: [
      { sure: "certain", denial: { cause: "link-ended" } },
      { sure: "certain", codes: ["ExpiredToken"], when: [aboutLink] },
      { sure: "likely", denial: { cause: "not-told" }, when: [linkIsOver] },
      { sure: "possible", codes: ["RequestExpired"] },
      // As browsers and curl show it: tools that sign for themselves make words of their own of it.
      { sure: "possible", codes: ["ExpiredToken"], says: /^\s*(?:<\?xml[^>]{0,80}\?>\s*)?<Error>/ },
    ],
    remedy: {
      text:
        "Whoever made the link makes it anew, for as long as it is needed (--expires-in, 7d at most; an " +
        "upload's with --method PUT). `presign` says when it really ends; a link that shall outlive a " +
        "sign-in needs keys of a user, which do not end.",
      commands: ["sms-storage presign --expires-in 1d s3://{bucket}/{key}", "sms-storage whoami"],
      by: "you",
    },
    source: "S3 User Guide, download and upload objects with presigned URLs: expiration.",
  },
  {
    id: "D71",
    layer: "objects",
    title: "The presigned link is not whole, or is used otherwise than it was made for",
    symptom:
      "`SignatureDoesNotMatch` (403), `AuthorizationQueryParametersError` (400), or `AccessDenied` (403) " +
      "that speaks of headers that were not signed, to a link.",
    cause:
      "A link opens one object to one method. It was cut short (a shell ends an address that is not in " +
      "quotes at its first &), changed by a mail program or a chat, sent by another method or with other " +
      "headers than it was made for, or asks for more than 7 days.",
    affects: "Whoever has the link. The object itself is as it was.",
    signs: [
      {
        sure: "certain",
        codes: ["AuthorizationQueryParametersError"],
        says: /\brequires the X-Amz-|\bX-Amz-Expires (?:must|should)\b/,
      },
      { sure: "likely", codes: ["AuthorizationQueryParametersError"], when: [notAboutRegion] },
      { sure: "certain", says: /headers present in the request which were not signed/i },
      { sure: "likely", codes: ["SignatureDoesNotMatch"], when: [aboutLink] },
    ],
    remedy: {
      text:
        "Put the whole link in quotes, and send it as it is: by the method that it was made for, for an " +
        "upload with the Content-Type that `presign` named. Else whoever made it makes it anew.",
      commands: [
        "sms-storage presign --expires-in 1d s3://{bucket}/{key}",
        "sms-storage presign --method PUT --expires-in 1d s3://{bucket}/{key}",
      ],
      by: "you",
    },
    source: "S3 API Reference, authenticating requests: using query parameters.",
  },
  {
    id: "D38",
    layer: "identity",
    title: "The temporary keys have ended",
    symptom: "`ExpiredToken` (400) `The provided token has expired.`",
    cause:
      "Temporary keys are over. Old AWS_* variables in the environment hide fresh ones of a sign-in.",
    affects: "Every request.",
    signs: [
      { sure: "certain", codes: ["ExpiredToken", "TokenRefreshRequired"] },
      { sure: "likely", codes: ["ExpiredTokenException"], operations: ["GetObject", "PutObject"] },
      { sure: "possible", statuses: [400], operations: ["HeadObject", "HeadBucket"] },
      { sure: "possible", says: /s3fs_check_service[^\n]{0,120}Bad Request/ },
    ],
    remedy: {
      text: "Sign in anew, and remove what is left of the old keys.",
      commands: [
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        "sms-storage login --profile {profile}",
      ],
      by: "you",
    },
    source: "S3 API Reference, error responses: ExpiredToken.",
  },
  {
    id: "D37",
    layer: "identity",
    title: "The session token is not valid here",
    symptom: "`InvalidToken` (400) `The provided token is malformed or otherwise invalid.`",
    cause:
      "The token does not belong to these keys or this partition; or the store has no temporary keys " +
      "(Qumulo); or it is of STS's global endpoint and the region is an opt-in one, or one that the " +
      "account has not enabled.",
    affects: "Every request in that region.",
    signs: [
      { sure: "certain", codes: ["InvalidClientTokenId"], when: [tokenIsNoToken] },
      { sure: "certain", codes: ["InvalidToken"], when: [keysHaveToken] },
      { sure: "certain", codes: ["InvalidToken"] },
    ],
    remedy: {
      text:
        "Take key, secret and token from one sign-in. For Qumulo set keys of a user, and no session token. " +
        "For an opt-in region use STS's regional endpoint, or have an administrator enable the region.",
      commands: [
        "export AWS_STS_REGIONAL_ENDPOINTS=regional",
        "sms-storage login --profile {profile}",
        "aws account enable-region --region-name {region}",
      ],
      by: "you",
    },
    source: "S3 API Reference: InvalidToken; aws/aws-cli#8413.",
  },
  {
    id: "D48",
    layer: "identity",
    title: "STS does not take the keys",
    symptom: "`InvalidClientTokenId` (403) or `ExpiredTokenException` of STS.",
    cause:
      "The key is unknown to this partition, was deleted, lacks its session token, or has ended.",
    affects: "Every request.",
    signs: [
      {
        sure: "certain",
        codes: ["InvalidClientTokenId", "ExpiredTokenException", "UnrecognizedClientException"],
      },
    ],
    remedy: {
      text:
        "Take all of the keys from one sign-in anew. Keys of GovCloud or China work there alone; keys " +
        "that begin with ASIA need their session token.",
      commands: [
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        "sms-storage login --profile {profile}",
        "sms-storage whoami",
      ],
      by: "you",
    },
    source: "STS API Reference, common errors.",
  },
  {
    id: "D39",
    layer: "identity",
    title: "The store does not know the access key",
    symptom: "`InvalidAccessKeyId` (403).",
    cause:
      "The key was deleted, belongs to another partition or store, or is a temporary one whose session " +
      "token is missing.",
    affects: "Every request.",
    signs: [
      { sure: "certain", codes: ["WrongPartition"], when: [otherPartition] },
      { sure: "certain", codes: ["InvalidAccessKeyId"] },
      { sure: "certain", codes: ["InvalidClientTokenId"], when: [unknownToS3] },
      { sure: "possible", codes: ["InvalidClientTokenId"], when: [keysAreTemporaryWithoutToken] },
    ],
    remedy: {
      text:
        "See which key is used and where it stands. Take it from the account, partition and store of the " +
        "bucket: keys of GovCloud (us-gov-...) and China work there alone. A key that begins with ASIA " +
        "needs STORAGE_S3_SESSION_TOKEN or AWS_SESSION_TOKEN too.",
      commands: ["sms-storage config explain", "sms-storage whoami"],
      by: "you",
    },
    source: "S3 API Reference, error responses: InvalidAccessKeyId.",
  },
  {
    id: "D40",
    layer: "identity",
    title: "The secret is not that of the access key",
    symptom: "`SignatureDoesNotMatch` (403).",
    cause:
      "The secret access key was copied with a blank, a quote or a piece missing; or a proxy changes " +
      "headers on the way; or the clock is off.",
    affects: "Every request.",
    signs: [
      {
        sure: "certain",
        codes: ["SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"],
        when: [notAboutLink],
      },
      { sure: "possible", codes: ["SignatureDoesNotMatch"], when: [aboutLink] },
    ],
    remedy: {
      text:
        "Copy id and secret again, without quotes or blanks around them. If they are right, let requests " +
        "past the proxy (NO_PROXY), and see the clock.",
      commands: ["sms-storage config explain", "date -u"],
      by: "you",
    },
    source: "S3 API Reference, error responses: SignatureDoesNotMatch.",
  },
  {
    id: "D69",
    layer: "identity",
    title: "Another account is asking than meant",
    symptom: "The caller's account is not the expected one.",
    cause:
      "The shell or the profile holds keys of another account. Variables in the environment and a profile " +
      "that is named beat the ones that were meant.",
    affects: "What is done is done in account {callerAccount}, or refused as a stranger's.",
    signs: [{ sure: "certain", codes: ["WrongAccount"], when: [callerIsForeign] }],
    remedy: {
      text: "Name the profile of account {account}, and remove keys that are left in the environment.",
      commands: [
        "sms-storage whoami",
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
      ],
      by: "you",
    },
    source: "STS API Reference, GetCallerIdentity.",
  },
  {
    id: "D62",
    layer: "identity",
    title: "The account is closed for S3",
    symptom: "`NotSignedUp`, `AccountProblem`, `AllAccessDisabled` or `InvalidPayer` (403).",
    cause: "Billing failed, the account was closed or barred, or it never signed up for S3.",
    affects: "Everything in the account's buckets.",
    severity: "critical",
    signs: [
      {
        sure: "certain",
        codes: [
          "NotSignedUp",
          "AccountProblem",
          "AllAccessDisabled",
          "InvalidPayer",
          "OptInRequired",
        ],
      },
    ],
    remedy: {
      text: "The account's owner settles it with AWS's support: billing first.",
      by: "administrator",
    },
    source: "S3 API Reference, error responses.",
  },
];
