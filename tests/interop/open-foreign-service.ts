import { createDigest } from "../../src/client/create-digest.ts";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import type { ContractSubject } from "../../src/testing/contract/contract-case.ts";
import { createForeignBucket, type ForeignServer } from "./foreign-servers.ts";

/** Our file service over our client, on a new bucket of somebody else's server. */
export async function openForeignService(server: ForeignServer): Promise<ContractSubject> {
  const place = await createForeignBucket(server);
  const credentials = () => Promise.resolve(place.credentials);
  const store = createS3Store({ ...place, dialect: s3Dialect, credentials });
  const service = createFileService(store, { createDigest });
  return { service, store, close: () => service.close() };
}
