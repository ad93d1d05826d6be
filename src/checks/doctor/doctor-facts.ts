import type { CallerIdentity } from "../../core/bucket-admin.ts";
import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import type { KeyState } from "../../core/account-services.ts";
import type { Symptom } from "./symptom.ts";
import type { CredentialVariables, DotenvFacts } from "../audit/environment-facts.ts";

/** What is known from the settings before anything is asked. */
export interface DoctorPlace {
  /** Undefined: no bucket is set. */
  readonly bucket: string | undefined;
  readonly region: string;
  /** Where the region stands, in words. */
  readonly regionSource?: string;
  /** Undefined: AWS. */
  readonly endpointUrl: string | undefined;
  readonly partition: string;
  readonly store: "aws" | "s3" | "qumulo";
  readonly profile?: string;
  /** Twelve digits: who it should be that asks. */
  readonly expectedAccount?: string;
  /** Twelve digits: whose the bucket should be; calls about the bucket name it (`ExpectedBucketOwner`). */
  readonly expectedOwner?: string;
}

/** What was learned on the way; each layer adds its own. No secret is in it. */
export interface DoctorFacts extends DoctorPlace {
  host?: string;
  proxy?: string;
  /** The server's clock minus ours. */
  clockSkewSeconds?: number;
  /** Where keys came from, in words. */
  credentialSource?: string;
  /** First four letters of the access key's id. */
  keyKind?: string;
  keysHaveToken?: boolean;
  /** ISO 8601. */
  keysEnd?: string;
  variables?: readonly CredentialVariables[];
  dotenv?: DotenvFacts;
  caller?: CallerIdentity;
  bucketRegion?: string;
  /** `AES256`, `aws:kms`, ... of new objects. */
  encryption?: string;
  /** As the bucket's default encryption names it; undefined: AWS's own key. */
  kmsKey?: string;
  keyState?: KeyState;
  versioning?: string;
  policy?: string;
  /** Why it could not be read. */
  policyRefusal?: Symptom;
  publicAccessBlock?: PublicAccessBlockConfiguration;
  /** Under which the doctor's own objects are. */
  probePrefix?: string;
  /** A small object could be written. */
  smallWorks?: boolean;
  /** What was answered to a second upload under one key; `taken` or code and status. */
  overwriting?: string;
  /** Of Qumulo: whether an object's own metadata come back. */
  keepsMetadata?: boolean;
}
