/** What has to work for the next to work; `layer-list.ts` has their order. */
export type LayerName =
  | "network"
  | "tls"
  | "clock"
  | "configuration"
  | "credentials"
  | "identity"
  | "bucket"
  | "settings"
  | "objects"
  | "large-objects"
  | "encryption"
  | "policy"
  | "clean-up";
