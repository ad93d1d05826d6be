import { afterAll, beforeAll, describe, it } from "vitest";
import type { ContractSubject } from "../../src/testing/contract/contract-case.ts";
import {
  fileServiceContract as contract,
  type ContractOptions,
} from "../../src/testing/contract/file-service-contract.ts";
import { type BackendName, backends } from "./backends.ts";

/** The contract as tests of this suite, with the skips of `backends`. */
export function fileServiceContract(
  name: BackendName,
  open: () => Promise<ContractSubject>,
  options: Omit<ContractOptions, "skip"> = {},
): void {
  contract(name, open, { describe, it, beforeAll, afterAll }, { ...options, skip: backends[name] });
}
