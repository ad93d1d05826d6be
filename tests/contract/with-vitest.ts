import { afterAll, beforeAll, describe, it } from "vitest";
import type { ContractSubject } from "../../src/testing/contract/contract-case.ts";
import {
  fileServiceContract as contract,
  type ContractOptions,
} from "../../src/testing/contract/file-service-contract.ts";

/** The contract as tests of this suite. */
export function fileServiceContract(
  name: string,
  open: () => Promise<ContractSubject>,
  options?: ContractOptions,
): void {
  contract(name, open, { describe, it, beforeAll, afterAll }, options);
}
