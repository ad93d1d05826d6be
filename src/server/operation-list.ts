import type { S3OperationName } from "../protocol/operations.ts";
import type { Operation } from "./operation.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjectTagging } from "./operations/delete-object-tagging.ts";
import { getObject } from "./operations/get-object.ts";
import { getObjectAcl } from "./operations/get-object-acl.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { getObjectTagging } from "./operations/get-object-tagging.ts";
import { headObject } from "./operations/head-object.ts";
import { listParts } from "./operations/list-parts.ts";
import { putObject } from "./operations/put-object.ts";
import { putObjectAcl } from "./operations/put-object-acl.ts";
import { putObjectTagging } from "./operations/put-object-tagging.ts";
import { uploadPart } from "./operations/upload-part.ts";
import { uploadPartCopy } from "./operations/upload-part-copy.ts";

/** Every operation that the server has; a new one is a file and a line here. */
export const operations: readonly Operation[] = [
  abortMultipartUpload,
  completeMultipartUpload,
  copyObject,
  createMultipartUpload,
  deleteObject,
  deleteObjectTagging,
  getObject,
  getObjectAcl,
  getObjectAttributes,
  getObjectTagging,
  headObject,
  listParts,
  putObject,
  putObjectAcl,
  putObjectTagging,
  uploadPart,
  uploadPartCopy,
];

const byName: ReadonlyMap<S3OperationName, Operation> = new Map(
  operations.map((operation) => [operation.name, operation]),
);

/** Undefined: S3 knows it, this server does not. */
export function findOperation(name: S3OperationName): Operation | undefined {
  return byName.get(name);
}
