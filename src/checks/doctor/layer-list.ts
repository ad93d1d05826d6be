import type { Layer } from "./layer.ts";
import { bucketLayer } from "./layers/bucket.ts";
import { configurationLayer, credentialsLayer, identityLayer } from "./layers/identifying.ts";
import { encryptionLayer, largeObjectsLayer, objectsLayer } from "./layers/objects.ts";
import { policyLayer } from "./layers/policy.ts";
import { clockLayer, networkLayer, tlsLayer } from "./layers/reaching.ts";
import { settingsLayer } from "./layers/settings.ts";

/** In the order in which they build on each other. */
export const layers: readonly Layer[] = [
  networkLayer,
  tlsLayer,
  clockLayer,
  configurationLayer,
  credentialsLayer,
  identityLayer,
  bucketLayer,
  settingsLayer,
  objectsLayer,
  largeObjectsLayer,
  encryptionLayer,
  policyLayer,
];
