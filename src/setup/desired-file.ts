import { objectOwnerships } from "../core/bucket-settings.ts";
import { setupLimits } from "../core/setup-limits.ts";
import {
  defaulted,
  flag,
  type JsonSchema,
  list,
  object,
  oneOf,
  optional,
  type ReadOf,
  required,
  text,
  whole,
} from "../shapes/shape.ts";
import { accountIdForm, type TextForm } from "../shapes/text-form.ts";
import { wordOr } from "../shapes/word-or.ts";
import type { DesiredStateInput } from "./desired-state.ts";

/** Looser than S3's own rule, which is applied to buckets that are to be made. */
const bucketForm: TextForm = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/,
  meaning: "2 to 255 letters, digits and ._-, a letter or digit first",
};
const storeRegionForm: TextForm = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  meaning: "a region such as us-east-1",
};
const urlForm: TextForm = {
  pattern: /^https?:\/\/[!-~]{1,1000}$/,
  meaning: "a URL that starts with https:// or http://",
};
const principalForm: TextForm = {
  pattern:
    /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:root|(?:role|user)\/[!-~]{1,600})|sts::\d{12}:assumed-role\/[^/\s]{1,64}\/[!-~]{1,64})$/,
  meaning: "the ARN of a role, a user or a session",
};
const prefixForm: TextForm = {
  pattern: /^[^/\0][^\0]{0,1000}\/$/,
  meaning: "a prefix that ends in a slash, such as test/",
};

/** Not managed at all, or put back to what a bucket has when nobody says anything. */
const stands = ["unmanaged", "reset"] as const;
const days = (what: string) => optional(whole(1, setupLimits.days, what));

const publicAccessShape = object(
  {
    BlockPublicAcls: defaulted(flag("Refuse public ACLs."), true),
    IgnorePublicAcls: defaulted(flag("Have public ACLs count for nothing."), true),
    BlockPublicPolicy: defaulted(flag("Refuse public bucket policies."), true),
    RestrictPublicBuckets: defaulted(flag("Have public policies serve the account alone."), true),
  },
  "S3's public access block; what is left out is on.",
);

const encryptionShape = object(
  {
    algorithm: defaulted(oneOf(["AES256"], "SSE-S3."), "AES256"),
    blockCustomerKeys: defaulted(flag("Refuse uploads with keys of their own (SSE-C)."), true),
  },
  "Encryption of new objects.",
);

const policyShape = object(
  {
    access: optional(
      oneOf(["least", "read-write", "admin", "none"], "What the principals may do."),
    ),
    principals: optional(
      wordOr(
        ["caller"],
        list(text(principalForm, "An ARN."), "ARNs of roles, users or sessions.", {
          most: setupLimits.principals,
          unique: true,
        }),
        "Who gets access. Left out: as the bucket has it, else the caller.",
      ),
    ),
    form: optional(
      oneOf(
        ["role-arn", "stable", "session"],
        "How a role is named: itself, by a pattern that survives its being re-created, or one session of it.",
      ),
    ),
    tlsOnly: optional(flag("Refuse plain http.")),
    minTls: optional(oneOf(["1.2", "1.3"], "Refuse TLS older than this.")),
    guard: optional(
      oneOf(
        ["account", "principals", "none"],
        "Refuse everybody else: of other accounts, or who is not named as to objects.",
      ),
    ),
  },
  "Our statements of the bucket policy; what is left out stays as the bucket has it.",
);

const lifecycleShape = object(
  {
    testPrefix: optional(text(prefixForm, "Where test files lie.")),
    testDays: days("Days until a test file is deleted."),
    noncurrentDays: days("Days until a noncurrent version is deleted."),
    abortUploadDays: days("Days until an unfinished upload is deleted."),
  },
  "Our rules; what is left out stays as the bucket has it.",
);

/** All that `sms-storage.yaml` can hold. */
export const desiredFileShape = object(
  {
    version: required(oneOf([1], "Of this format.")),
    bucket: required(text(bucketForm, "The bucket's name.")),
    region: optional(text(storeRegionForm, "Left out: that of the settings.")),
    owner: optional(text(accountIdForm, "The account that it must belong to, in quotes.")),
    endpointUrl: optional(text(urlForm, "The store. Left out: that of the settings, else AWS.")),
    backend: optional(oneOf(["s3", "qumulo"], "Left out: that of the settings.")),
    namespace: optional(oneOf(["global", "account-regional"], "Left out: by the name's ending.")),
    publicAccessBlock: optional(wordOr(stands, publicAccessShape, "Public access block.")),
    ownership: optional(oneOf([...objectOwnerships, ...stands], "Who owns objects.")),
    encryption: optional(wordOr(stands, encryptionShape, "Encryption.")),
    versioning: optional(oneOf(["Enabled", "Suspended", ...stands], "Versioning.")),
    policy: optional(wordOr(stands, policyShape, "Bucket policy.")),
    lifecycle: optional(wordOr(stands, lifecycleShape, "Lifecycle.")),
    envFile: optional(oneOf(["managed", "unmanaged"], "Whether .env is written.")),
  },
  "What a bucket shall be. What is left out has the default of the set-up; nothing is reset by it.",
);

/** A checked file. */
export type DesiredFile = ReadOf<typeof desiredFileShape>;

/** For `createDesiredState`. The region is the settings' where the file names none. */
export function desiredInputOf(file: DesiredFile, region: string): DesiredStateInput {
  const { version: _, owner, envFile, ...wish } = file;
  return {
    ...wish,
    region: file.region ?? region,
    ownerAccountId: owner,
    ...(envFile === "unmanaged" && { envFile: "unmanaged" as const }),
  };
}

/**
 * The JSON Schema of the file, for editors.
 *
 * @internal Its test writes it to docs/sms-storage.schema.json.
 */
export function desiredFileSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What a bucket shall be (sms-storage.yaml)",
    ...desiredFileShape.schema,
  };
}
