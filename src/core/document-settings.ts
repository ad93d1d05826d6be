/** Aspects whose whole document can be left alone or reset, and the setting of the wish for each. */
export const documentSettings = {
  "public-access-block": "publicAccessBlock",
  ownership: "ownership",
  encryption: "encryption",
  versioning: "versioning",
  policy: "policy",
  lifecycle: "lifecycle",
} as const;
