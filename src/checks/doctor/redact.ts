import { secretParameters } from "../../core/mask-secrets.ts";

/** What must not leave this machine, and what takes its place. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\b(A[KS]IA)[A-Z0-9]{8,}/g, "$1********"],
  [new RegExp(String.raw`\b((?:${secretParameters})=)[^&\s"']+`, "gi"), "$1********"],
  [
    /((?:secret|token|password|authorization)[\w-]*["']?\s*[:=]\s*["']?)[^\s"',}]{8,}/gi,
    "$1********",
  ],
  [/(authorization id:?\s+)[\w+/=.-]+/gi, "$1********"],
  [/([a-z]+:\/\/)[^/\s"'@]+@/gi, "$1********@"],
  [/\b(?:[A-Za-z0-9+/]{40,}={0,2})(?![\w.-])/g, "********"],
];

export interface RedactOptions {
  /** Twelve digits that stand alone or in an ARN become `ACCOUNT-1`, `ACCOUNT-2`. Default false. */
  readonly hidesAccounts?: boolean;
  /** The home folder, whose path names a person, becomes `~`. */
  readonly home?: string | undefined;
}

/** A copy of plain data in which no text holds a secret. */
export function redact<T>(value: T, options: RedactOptions = {}): T {
  const accounts = new Map<string, string>();
  return redactValue(value, (text) => redactText(text, options, accounts)) as T;
}

function redactValue(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === "string") return hide(value);
  if (Array.isArray(value)) return value.map((each: unknown) => redactValue(each, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, redactValue(each, hide)]),
  );
}

function redactText(
  text: string,
  { hidesAccounts = false, home }: RedactOptions,
  accounts: Map<string, string>,
): string {
  let hidden = text;
  for (const [pattern, instead] of secrets) hidden = hidden.replace(pattern, instead);
  if (home !== undefined && home.length > 1) hidden = hidden.replaceAll(home, "~");
  if (!hidesAccounts) return hidden;
  return hidden.replace(/(?<!\d)\d{12}(?!\d)/g, (account) => {
    const name = accounts.get(account) ?? `ACCOUNT-${accounts.size + 1}`;
    accounts.set(account, name);
    return name;
  });
}
