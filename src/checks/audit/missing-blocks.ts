import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";

const names = [
  "BlockPublicAcls",
  "IgnorePublicAcls",
  "BlockPublicPolicy",
  "RestrictPublicBuckets",
] as const;

/** All four on, as the AWS CLI takes them. */
export const allBlocks = names.map((name) => `${name}=true`).join(",");

/** Which of the four are off; all of them where nothing is set. */
export function missingBlocks(block: PublicAccessBlockConfiguration | undefined): string[] {
  return names.filter((name) => block?.[name] !== true);
}
