import type { S3OperationName } from "../protocol/operations.ts";
import type { Operation } from "./operation.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { getObject } from "./operations/get-object.ts";
import { headObject } from "./operations/head-object.ts";
import { putObject } from "./operations/put-object.ts";

/** Every operation that the server has; a new one is a file and a line here. */
export const operations: readonly Operation[] = [deleteObject, getObject, headObject, putObject];

const byName: ReadonlyMap<S3OperationName, Operation> = new Map(
  operations.map((operation) => [operation.name, operation]),
);

/** Undefined: S3 knows it, this server does not. */
export function findOperation(name: S3OperationName): Operation | undefined {
  return byName.get(name);
}
