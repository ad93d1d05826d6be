import { readFile } from "node:fs/promises";
import { severities, type Mute, type Severity } from "../../checks/finding.ts";
import { auditRules } from "../../checks/audit/rule-list.ts";
import type { EarlierFinding } from "../../checks/report/compare-audits.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";

export interface AuditWish {
  readonly bucket: string;
  readonly showsAll: boolean;
  readonly failOn: Severity;
  readonly mutes: readonly Mute[];
  readonly baseline: readonly EarlierFinding[] | undefined;
  readonly trustedAccounts: readonly string[];
  readonly expectsKms: boolean;
  readonly testPrefix: string;
  readonly testDays: number;
  readonly files: Readonly<Partial<Record<"save" | "sarif" | "junit" | "html", string>>>;
}

/** Throws UsageError for what cannot be meant. */
export async function readAuditWish(options: OptionValues, bucket: string): Promise<AuditWish> {
  const named = listOption(options, "mute").map(readMute);
  const mutesFile = textOption(options, "mutes");
  const baselineFile = textOption(options, "baseline");
  const files: Record<string, string> = {};
  for (const name of ["save", "sarif", "junit", "html"] as const) {
    const path = textOption(options, name);
    if (path !== undefined) files[name] = path;
  }
  return {
    bucket,
    showsAll: flagOption(options, "all"),
    failOn: readSeverity(textOption(options, "failOn") ?? "low"),
    mutes: [...named, ...(mutesFile === undefined ? [] : await readMutes(mutesFile))],
    baseline: baselineFile === undefined ? undefined : await readBaseline(baselineFile, bucket),
    trustedAccounts: listOption(options, "trustedAccount").map(readAccount),
    expectsKms: flagOption(options, "expectKms"),
    testPrefix: textOption(options, "testPrefix") ?? "test/",
    testDays: readDays(textOption(options, "testDays") ?? "7"),
    files,
  };
}

function listOption(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

function readSeverity(text: string): Severity {
  const found = severities.find((severity) => severity === text);
  if (found !== undefined) return found;
  throw new UsageError(`--fail-on ${text} is not one of ${severities.join(", ")}.`);
}

function readAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new UsageError(`--trusted-account ${text} is no account of twelve digits.`);
}

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isSafeInteger(days) && days > 0) return days;
  throw new UsageError(`--test-days ${text} is not a whole number of 1 or more.`);
}

function readMute(text: string): Mute {
  const [id = "", ...rest] = text.split("=");
  const reason = rest.join("=").trim();
  if (reason === "") {
    throw new UsageError(
      `--mute ${text} gives no reason.`,
      `Write why, such as --mute '${id}=the bucket is a public data set'.`,
    );
  }
  return { id: knownId(id, "--mute"), reason };
}

function knownId(id: string, where: string): string {
  const ids = auditRules.map((rule) => rule.id);
  if (ids.includes(id)) return id;
  throw new UsageError(`${where}: there is no check ${id}.`, `Checks are ${ids.join(", ")}.`);
}

async function readMutes(path: string): Promise<Mute[]> {
  const list = await readJson(path, "--mutes");
  if (!Array.isArray(list)) throw new UsageError(`--mutes ${path} is no list.`);
  return list.map((entry: unknown, index) => {
    const where = `--mutes ${path}, entry ${index + 1}`;
    const { id, reason, until } = entriesOf(entry);
    if (typeof id !== "string" || typeof reason !== "string" || reason.trim() === "") {
      throw new UsageError(`${where}: id and reason are needed.`);
    }
    if (until === undefined) return { id: knownId(id, where), reason };
    if (typeof until === "string" && /^\d{4}-\d{2}-\d{2}$/.test(until)) {
      return { id: knownId(id, where), reason, until };
    }
    throw new UsageError(`${where}: until is no date such as 2027-01-31.`);
  });
}

async function readBaseline(path: string, bucket: string): Promise<EarlierFinding[]> {
  const audit = entriesOf(await readJson(path, "--baseline"));
  const { findings } = audit;
  if (audit["type"] !== "audit" || !Array.isArray(findings)) {
    throw new UsageError(
      `--baseline ${path} is no audit.`,
      "Make one with: sms-storage audit --save FILE",
    );
  }
  if (audit["bucket"] !== bucket) {
    throw new UsageError(`--baseline ${path} is of bucket ${String(audit["bucket"])}.`);
  }
  return findings.flatMap((entry: unknown) => {
    const { id, status, saw } = entriesOf(entry);
    const isOne = [id, status, saw].every((value) => typeof value === "string");
    // Its status is only compared.
    return isOne ? [{ id, status, saw } as EarlierFinding] : [];
  });
}

async function readJson(path: string, option: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${path} cannot be read (${code}).`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${option} ${path} is not JSON.`);
  }
}

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
