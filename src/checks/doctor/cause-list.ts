import { accessCauses } from "./causes/access.ts";
import { bucketCauses } from "./causes/bucket.ts";
import { connectionCauses } from "./causes/connection.ts";
import { credentialCauses } from "./causes/credentials.ts";
import { documentCauses } from "./causes/documents.ts";
import { encryptionCauses } from "./causes/encryption.ts";
import { keyStateCauses } from "./causes/key-state.ts";
import { limitCauses } from "./causes/limits-of-access.ts";
import { signInCauses } from "./causes/sign-in.ts";
import type { CauseRow } from "./cause-row.ts";

/** Every cause. Where two fit equally well, the one that stands before is named first. */
export const causeRows: readonly CauseRow[] = [
  ...connectionCauses,
  ...signInCauses,
  ...credentialCauses,
  ...bucketCauses,
  ...documentCauses,
  ...encryptionCauses,
  ...keyStateCauses,
  ...accessCauses,
  ...limitCauses,
];
