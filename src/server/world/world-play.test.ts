import { expect, it } from "vitest";
import { parseWorld } from "./parse-world.ts";

function faultsOf(text: string): string {
  try {
    parseWorld(text, "world.yaml", { region: "us-east-1" });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

it.each<readonly [what: string, text: string, expected: RegExp]>([
  [
    "a fault that there is not",
    "version: 1\naccounts: {}\nfaults:\n  rules:\n  - {fault: slow-down}\n  - {fault: slow-dwon}",
    /^world\.yaml:6:5: faults\.rules\[1\] asks for slow-dwon, which is no fault\. Use one of: .* Did you mean slow-down\?$/,
  ],
  [
    "a fault where it cannot strike",
    "version: 1\naccounts: {}\nfaults: [{fault: stale-read, operations: PutObject}]",
    /^world\.yaml:3:10: faults\[0\] cannot strike PutObject: stale-read is for /,
  ],
  [
    "a fault of the port for operators",
    "version: 1\naccounts: {}\nfaults: [{fault: slow-down, operations: [livez]}]",
    /faults\[0\] would strike livez; health checks and the administrator's port are never struck/,
  ],
  [
    "faults with a name that they have not",
    "version: 1\naccounts: {}\nfaults: {rule: []}",
    /^world\.yaml:3:9: faults has rule, which it does not know\. Use one of: rules, seed, byHeader/,
  ],
  [
    "a store that nobody plays",
    "version: 1\naccounts: {}\npersonality: ceph",
    /^world\.yaml:3:14: personality must be a text of aws, qumulo, or a version of it/,
  ],
  [
    "a version of a store that never was",
    "version: 1\naccounts: {}\npersonality: qumulo@1.0",
    /^world\.yaml:3:14: personality cannot be played: Qumulo Core 1\.0 had no complete S3; /,
  ],
  [
    "a refusal of AWS's, which has none",
    "version: 1\naccounts: {}\npersonality: {store: aws, overwriteRefusal: Exists}",
    /personality cannot be played: AWS S3 overwrites objects/,
  ],
])("%s is refused, with place and reason", (_what, text, expected) => {
  expect(faultsOf(text)).toMatch(expected);
});
