import { aliasOperations } from "./alias-operations.ts";
import { cipherOperations } from "./cipher-operations.ts";
import { grantOperationTable } from "./grant-operations.ts";
import { keyOperations } from "./key-operations.ts";
import { policyOperations } from "./policy-operations.ts";
import type { KmsOperation } from "./kms-call.ts";

/** By the name in `X-Amz-Target`. Source: KMS API Reference. */
export const kmsOperations: Readonly<Record<string, KmsOperation>> = {
  ...keyOperations,
  ...policyOperations,
  ...aliasOperations,
  ...grantOperationTable,
  ...cipherOperations,
};
