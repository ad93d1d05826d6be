import { parseDocument } from "yaml";
import { attachedPolicyKind } from "../../src/policy/attached-policy-kind.ts";
import { parsePolicy, parsePolicyOf } from "../../src/policy/parse.ts";
import { parseFaultSettings } from "../../src/server/faults/parse-fault-rules.ts";
import { parseDotenv } from "../../src/settings/parse-dotenv.ts";
import { settingVariables } from "../../src/settings/variables.ts";
import { parseDesiredFile } from "../../src/setup/parse-desired-file.ts";
import type { Fence } from "./fences.ts";

// Data that a page shows, read by the program that it is for. Each throws, or tells what is wrong.

/** Places of a statement that a reader fills in. */
const filledIn: readonly (readonly [RegExp, string])[] = [
  [/"KMS_KEY"/g, '"arn:aws:kms:us-east-1:111122223333:key/0123"'],
  [/"PRINCIPAL"/g, '"arn:aws:iam::111122223333:role/lab"'],
  [/"ACTION"/g, '"s3:GetObject"'],
  [/"RESOURCE"/g, '"arn:aws:s3:::lab-results/*"'],
  [/\bCALLER_ACCOUNT\b/g, "111122223333"],
  [/\bPARTITION\b/g, "aws"],
  [/\bBUCKET\b/g, "lab-results"],
];

export function readJson({ path, text }: Fence): string | undefined {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (path === "docs/faults.md") parseFaultSettings(value, path);
  if (path.startsWith("docs/findings/")) readStatement(text, value);
  return undefined;
}

/** One of a bucket's or key's policy where it names who, else one of a user or role. */
function readStatement(text: string, statement: Readonly<Record<string, unknown>>): void {
  const filled = filledIn.reduce((all, [place, value]) => all.replaceAll(place, value), text);
  const policy = `{"Version":"2012-10-17","Statement":[${filled}]}`;
  const isOfKey = JSON.stringify(statement["Action"]).includes('"kms:');
  if (!("Principal" in statement)) parsePolicyOf(attachedPolicyKind("identity"), policy);
  else if (isOfKey) parsePolicyOf(attachedPolicyKind("key"), policy);
  else parsePolicy(policy, { bucket: "lab-results" });
}

export function readYaml({ path, text }: Fence): string | undefined {
  const { errors, warnings } = parseDocument(text);
  if (path === "docs/setup.md") parseDesiredFile(text, path);
  return [...errors, ...warnings][0]?.message;
}

/** A `.env` of settings that there are, or a file with sections as AWS's tools read it. */
export function readIni({ text }: Fence): string | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (text.startsWith("[")) {
    const fits = /^(?:\[[\w-]+(?: [\w-]+)?\]|[\w-]+ =(?: \S.*)?| {2}[\w-]+ = \S.*|[#;].*)$/;
    return lines.find((line) => !fits.test(line));
  }
  const { entries, problems } = parseDotenv(text);
  const names = new Set(settingVariables.map(({ name }) => name));
  return problems[0]?.message ?? entries.find(({ name }) => !names.has(name))?.name;
}
