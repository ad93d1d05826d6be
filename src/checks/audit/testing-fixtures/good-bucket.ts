import type { TrailState } from "../../../core/account-services.ts";
import type { AuditContext } from "../audit-rule.ts";
import type { AuditFacts } from "../facts.ts";

export const account = "111122223333";
export const roleArn = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Lab_0123456789abcdef`;
export const arn = "arn:aws:s3:::lab-results-1a2b3c";

export const context: AuditContext = {
  bucket: "lab-results-1a2b3c",
  region: "us-east-1",
  partition: "aws",
  endpointUrl: undefined,
  trustedAccounts: [],
  expectsKms: false,
  testPrefix: "test/",
  testDays: 7,
};

export const policyOf = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

export const tlsOnly = {
  Sid: "Tls",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
export const grant = {
  Sid: "Objects",
  Effect: "Allow",
  Principal: { AWS: roleArn },
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: `${arn}/*`,
};
export const onlyUs = {
  Sid: "OnlyUs",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [arn, `${arn}/*`],
  Condition: { StringNotEquals: { "aws:PrincipalAccount": account } },
};

export const trail: TrailState = {
  name: "main",
  arn: `arn:aws:cloudtrail:us-east-1:${account}:trail/main`,
  isMultiRegion: true,
  isLogging: true,
  logBucket: "logs",
  selectors: [
    {
      readWriteType: "All",
      includeManagementEvents: true,
      dataResources: [{ type: "AWS::S3::Object", values: [`${arn}/`] }],
    },
  ],
};
export const blocks = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** A bucket of which nothing can be found fault with. */
export const good: AuditFacts = {
  caller: {
    accountId: account,
    arn: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Lab_0123456789abcdef/me`,
    userId: "AROAEXAMPLE:me",
    principalArn: roleArn,
  },
  presenceForAnyOwner: undefined,
  presence: { state: "present", region: "us-east-1" },
  encryption: {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
      },
    ],
  },
  versioning: "Enabled",
  lifecycle: {
    Rules: [
      {
        ID: "test",
        Status: "Enabled",
        Filter: { Prefix: "test/" },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
      {
        ID: "all",
        Status: "Enabled",
        Filter: { Prefix: "" },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ],
  },
  policy: policyOf(grant, tlsOnly, onlyUs),
  policyStatus: { isPublic: false },
  publicAccessBlock: blocks,
  accountPublicAccessBlock: blocks,
  ownership: "BucketOwnerEnforced",
  cors: undefined,
  acl: { ownerId: "o", grants: [] },
  logging: { targetBucket: "logs", targetPrefix: "lab/" },
  website: false,
  requesterPays: false,
  replication: true,
  notifications: false,
  objectLock: false,
  key: undefined,
  trails: [trail],
  organization: undefined,
  objects: [{ key: "a", encryption: "AES256" }],
  environment: { credentials: [], dotenv: undefined },
};
