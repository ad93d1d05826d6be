export { contractCases, fileServiceContract } from "./file-service-contract.ts";
export type { ContractOptions, ContractRunner } from "./file-service-contract.ts";
export type { ContractCase, ContractRun, ContractSubject } from "./contract-case.ts";
