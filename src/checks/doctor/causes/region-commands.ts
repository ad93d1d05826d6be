import type { CommandTemplate } from "../cause-row.ts";
import { regionIsExported, regionIsNotExported } from "../circumstances.ts";

/** Sets the region where it counts: the environment comes before `.env`. */
export function regionCommands(region: string): readonly CommandTemplate[] {
  return [
    { line: `export STORAGE_S3_REGION=${region}`, when: regionIsExported },
    { line: `echo STORAGE_S3_REGION=${region} >> {dotenv}`, when: regionIsNotExported },
  ];
}
