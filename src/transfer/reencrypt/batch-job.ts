import { shellWord } from "../../core/shell-word.ts";

/** Where a job of S3 Batch Operations runs, and what it may use. */
export interface BatchPlace {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
  readonly bucket: string;
  /** In the bucket, ends with `/`: for manifests and reports. */
  readonly folder: string;
  readonly roleName: string;
  /** ARNs; none: not known, so that all keys of account and region are named. */
  readonly kmsKeys: readonly string[];
  /** When the objects were looked at; what was written since is left alone. */
  readonly scannedAt: Date;
}

/** One manifest, of objects of one storage class: a job has one for all its copies. */
export interface BatchManifest {
  readonly storageClass: string;
  /** The ETag that a single upload of it gets: the MD5 of its bytes, hexadecimal. */
  readonly etag: string;
  readonly objects: number;
}

/** For `aws iam create-role`: S3 Batch Operations of this account alone. */
export function trustPolicy({ accountId }: BatchPlace): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "batchoperations.s3.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  };
}

/** For `aws iam put-role-policy`: what the copies, the manifest and the report need. */
export function permissionPolicy(place: BatchPlace): object {
  const { partition, bucket, folder, accountId, region, kmsKeys } = place;
  const objects = `arn:${partition}:s3:::${bucket}/*`;
  const areKnown = kmsKeys.length > 0;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "CopyInPlace",
        Effect: "Allow",
        Action: [
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:GetObjectTagging",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ],
        Resource: objects,
      },
      {
        Sid: "DecryptOnce",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: areKnown ? kmsKeys : `arn:${partition}:kms:${region}:${accountId}:key/*`,
        // How other partitions name the service is not documented.
        ...(["aws", "aws-us-gov"].includes(partition) && {
          Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
        }),
      },
      {
        Sid: "ManifestAndReport",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        Resource: `arn:${partition}:s3:::${bucket}/${folder}*`,
      },
    ],
  };
}

/**
 * For `aws s3control create-job --cli-input-json`. Nothing is said of encryption: a copy then takes the
 * bucket's default, and metadata and tags of the source. The job waits for a yes (`Suspended`).
 */
export function batchJob(place: BatchPlace, manifest: BatchManifest): object {
  const { accountId, partition, bucket, folder, roleName, scannedAt } = place;
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const { storageClass, etag } = manifest;
  return {
    AccountId: accountId,
    ConfirmationRequired: true,
    Operation: {
      S3PutObjectCopy: {
        TargetResource: bucketArn,
        MetadataDirective: "COPY",
        StorageClass: storageClass,
        UnModifiedSinceConstraint: scannedAt.toISOString(),
      },
    },
    Report: {
      Bucket: bucketArn,
      Format: "Report_CSV_20180820",
      Enabled: true,
      Prefix: `${folder}reports`,
      ReportScope: "FailedTasksOnly",
    },
    ClientRequestToken: `${etag}-${storageClass}`.slice(0, 64),
    Manifest: {
      Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
      Location: { ObjectArn: `${bucketArn}/${manifestKey(place, storageClass)}`, ETag: etag },
    },
    Description: `${manifest.objects} objects of ${bucket} (${storageClass}) from KMS to SSE-S3`,
    Priority: 10,
    RoleArn: `arn:${partition}:iam::${accountId}:role/${roleName}`,
  };
}

function manifestKey({ folder }: BatchPlace, storageClass: string): string {
  return `${folder}${manifestName(storageClass)}`;
}

export function manifestName(storageClass: string): string {
  return `manifest-${storageClass}.csv`;
}

export function jobName(storageClass: string): string {
  return `job-${storageClass}.json`;
}

export const roleFiles = {
  trust: "role-trust.json",
  permissions: "role-permissions.json",
} as const;

/**
 * What an administrator types in the folder of these files. Words that are a shell's are in single
 * quotes, so that no name can be anything but a word.
 */
export function batchCommands(place: BatchPlace, manifests: readonly BatchManifest[]): string[] {
  const { bucket, roleName, region, accountId } = place;
  const role = `--role-name ${shellWord(roleName)}`;
  return [
    `aws iam create-role ${role} --assume-role-policy-document file://${roleFiles.trust}`,
    `aws iam put-role-policy ${role} --policy-name re-encrypt --policy-document file://${roleFiles.permissions}`,
    ...manifests.flatMap(({ storageClass }) => {
      const file = manifestName(storageClass);
      const key = shellWord(manifestKey(place, storageClass));
      const put = `--bucket ${shellWord(bucket)} --key ${key} --body ${file}`;
      return [
        `aws s3api put-object --region ${region} ${put} --server-side-encryption AES256 --expected-bucket-owner ${accountId}`,
        `aws s3control create-job --region ${region} --cli-input-json file://${jobName(storageClass)}`,
      ];
    }),
    `aws s3control update-job-status --region ${region} --account-id ${accountId} --job-id JOB-ID --requested-job-status Ready`,
  ];
}
