import { boolean } from "./scalars.ts";
import { xmlDocument } from "./setting-document.ts";
import { structure } from "./shape.ts";

interface PolicyStatus {
  readonly IsPublic?: boolean;
}

/** `PolicyStatus`, which is only ever read. */
export const policyStatus = xmlDocument<PolicyStatus, { readonly isPublic: boolean }>({
  root: "PolicyStatus",
  shape: structure({ IsPublic: boolean }),
  fromWire: ({ IsPublic }) => ({ isPublic: IsPublic === true }),
  toWire: ({ isPublic }) => ({ IsPublic: isPublic }),
});
