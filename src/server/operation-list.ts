import type { S3OperationName } from "../protocol/operations.ts";
import { settingOperations } from "./buckets/setting-list.ts";
import { operationNotBuilt } from "./operation-not-built.ts";
import type { Operation } from "./operation.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createBucket } from "./operations/create-bucket.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteBucket } from "./operations/delete-bucket.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjectTagging } from "./operations/delete-object-tagging.ts";
import { deleteObjects } from "./operations/delete-objects.ts";
import { getBucketAcl } from "./operations/get-bucket-acl.ts";
import { getBucketLocation } from "./operations/get-bucket-location.ts";
import { getObject } from "./operations/get-object.ts";
import { getObjectAcl } from "./operations/get-object-acl.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { getObjectTagging } from "./operations/get-object-tagging.ts";
import { headBucket } from "./operations/head-bucket.ts";
import { headObject } from "./operations/head-object.ts";
import { listBuckets } from "./operations/list-buckets.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listObjects } from "./operations/list-objects.ts";
import { listObjectsV2 } from "./operations/list-objects-v2.ts";
import { listParts } from "./operations/list-parts.ts";
import { objectLockOperations } from "./operations/object-lock-operations.ts";
import { postObject } from "./operations/post-object.ts";
import { preflightBucket, preflightObject } from "./operations/preflight.ts";
import { putBucketAcl } from "./operations/put-bucket-acl.ts";
import { putObject } from "./operations/put-object.ts";
import { putObjectAcl } from "./operations/put-object-acl.ts";
import { putObjectTagging } from "./operations/put-object-tagging.ts";
import { restoreObject } from "./operations/restore-object.ts";
import { uploadPart } from "./operations/upload-part.ts";
import { uploadPartCopy } from "./operations/upload-part-copy.ts";

/** Every operation that the server has; a new one is a file and a line here. */
const operations: readonly Operation[] = [
  abortMultipartUpload,
  completeMultipartUpload,
  copyObject,
  createBucket,
  createMultipartUpload,
  deleteBucket,
  deleteObject,
  deleteObjectTagging,
  deleteObjects,
  getBucketAcl,
  getBucketLocation,
  getObject,
  getObjectAcl,
  getObjectAttributes,
  getObjectTagging,
  headBucket,
  headObject,
  listBuckets,
  listMultipartUploads,
  listObjectVersions,
  listObjects,
  listObjectsV2,
  listParts,
  ...objectLockOperations,
  postObject,
  preflightBucket,
  preflightObject,
  putBucketAcl,
  putObject,
  putObjectAcl,
  putObjectTagging,
  restoreObject,
  ...settingOperations,
  uploadPart,
  uploadPartCopy,
];

const byName: ReadonlyMap<S3OperationName, Operation> = new Map(
  operations.map((operation) => [operation.name, operation]),
);

/** What S3 has and this server has not answers 501. */
export function findOperation(name: S3OperationName): Operation {
  return byName.get(name) ?? operationNotBuilt(name);
}
