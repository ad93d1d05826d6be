/** The steps of the guide, in the order in which they are applied. */
export type AspectName =
  | "bucket"
  | "public-access-block"
  | "ownership"
  | "encryption"
  | "versioning"
  | "policy"
  | "lifecycle"
  | "env-file";
