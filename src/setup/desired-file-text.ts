import { documentText } from "../shapes/write-document.ts";
import type { DesiredFile } from "./desired-file.ts";

/** What `sms-storage.yaml` holds, for a file that is made anew. */
export function desiredFileText(file: Partial<DesiredFile> & Pick<DesiredFile, "bucket">): string {
  return documentText(
    { version: 1, ...file },
    "What the bucket shall be. sms-storage setup brings it about; docs/setup.md says what can stand here.",
  );
}
