/** What has to work for the next to work, in this order. */
export const layerNames = [
  "network",
  "tls",
  "clock",
  "configuration",
  "credentials",
  "identity",
  "bucket",
  "settings",
  "objects",
  "large-objects",
  "encryption",
  "policy",
] as const;

export type LayerName = (typeof layerNames)[number];
