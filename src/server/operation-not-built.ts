import { operationShape, type S3OperationName } from "../protocol/operations.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { OperationTraits } from "./operation-traits.ts";
import type { Operation } from "./operation.ts";

/** Stands for an operation that S3 has and this server has not: it is judged as usual, then 501. */
export function operationNotBuilt(name: S3OperationName, traits: OperationTraits = {}): Operation {
  return {
    ...traits,
    name,
    handle: async () => {
      const { query } = operationShape(name);
      throw new S3Error("NotImplemented", {
        message: `${name} is not implemented by this server.`,
        ...(query !== undefined && { extra: { Header: query } }),
      });
    },
  };
}
