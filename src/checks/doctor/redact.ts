import { secretParameters } from "../../core/mask-secrets.ts";
import { maskKnown } from "./mask-known.ts";

const mask = "********";

/** `=` as it is and percent-encoded, even again and again. */
const equals = "(?:=|%(?:25)*3D)";
const secretWord = "(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key)";
/** The word, the rest of its name, and what assigns: `secret_key = `, `"Token": `, `--token=>`. */
const assigned = String.raw`${secretWord}[\w-]{0,40}\\{0,3}["']?\s*(?:[:=]>?)\s*`;

/** What must not leave this machine, and what takes its place; the more special before the more general. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(?:-----END|$)/g, `$1${mask}-----END`],
  // JSON Web Tokens, as of SSO and OIDC.
  [/\beyJ[\w-]{8,}(?:\.[\w-]+)*/g, mask],
  [/(?<=\b|%(?:25)*3D)(A[KS]IA)[A-Z0-9]{8,}/g, `$1${mask}`],
  // Behind %26 and \u0026, too, which end with a digit.
  [
    new RegExp(String.raw`(?<![a-z])((?:${secretParameters})${equals})[^&\s"'<>]+`, "gi"),
    `$1${mask}`,
  ],
  [
    /(<[\w:.-]{0,40}(?:secret|token|password|signature|authorization)[\w:.-]{0,40}>)[^<]+/gi,
    `$1${mask}`,
  ],
  [/(authorization["']?\s*[:=]\s*["']?Digest\s)[^\n]+/gi, `$1${mask}`],
  [
    /(authorization["']?\s*[:=]\s*\[?["']?)(?:(?:Basic|Bearer|Negotiate|NTLM|Digest|AWS)\s+)?[^\s"',}]+/gi,
    `$1${mask}`,
  ],
  [/(\b(?:set-)?cookie["']?\s*[:=]\s*["']?)[^\n"'}]+/gi, `$1${mask}`],
  // In quotes it may be short, and hold spaces.
  [new RegExp(String.raw`(${assigned}\\{0,3}")[^"\n\\]+`, "gi"), `$1${mask}`],
  [new RegExp(String.raw`(${assigned}\\{0,3}')[^'\n\\]+`, "gi"), `$1${mask}`],
  [new RegExp(String.raw`(${assigned})[^\s"',}]{8,}`, "gi"), `$1${mask}`],
  // What is assigned is a value, however short; so is a password.
  [new RegExp(String.raw`(${secretWord}[\w-]{0,40}${equals}["']?)[^\s"',}&>]+`, "gi"), `$1${mask}`],
  [/(passw(?:or)?d["']?:\s*)[^\s"',}]+/gi, `$1${mask}`],
  // With it somebody else's sign-in by SSO can be approved, or fetched.
  [
    new RegExp(
      String.raw`((?:user|device)[_ -]?code\\{0,3}["']?\s*(?::|${equals})\s*\\{0,3}["']?)[\w-]{4,}`,
      "gi",
    ),
    `$1${mask}`,
  ],
  [/(authorization id:?\s+)[\w+/=.-]+/gi, `$1${mask}`],
  // A password may hold an @ of its own, and a / where no port stands.
  [/([a-z][a-z\d+.-]{0,20}:\/\/)[^/\s"'<>]*@/gi, `$1${mask}@`],
  [
    /([a-z][a-z\d+.-]{0,20}:\/\/)[^/\s:@"'<>]{1,100}:(?!\d{1,5}[/?])[^\s"'<>]{0,200}@/gi,
    `$1${mask}@`,
  ],
  [/(proxy\w{0,20}["']?\s*[:=]\s*["']?)[^\s"'/@:]{1,100}:[^\s"'/]{0,200}@/gi, `$1${mask}@`],
  [/(\s(?:-u|--user|-U|--proxy-user)[ =])(?:"[^"\n]+|'[^'\n]+|[^\s"']+)/g, `$1${mask}`],
];

/** Secrets and signatures that stand alone: base64 or hex of 40 characters and more. */
const longRun = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}/g;

/** What goes on behind it is a longer word; but a secret key of AWS is no beginning of one. */
function isPartOfWord(run: string, behind: string): boolean {
  if (!/^(?:[\w-]|\.\w)/.test(behind)) return false;
  return run.length !== 40 || !/[a-z]/.test(run) || !/[A-Z]/.test(run) || !/\d/.test(run);
}

/** A path of words in small letters is none. */
function isPath(run: string): boolean {
  return run.includes("/") && !/[A-Z+=]/.test(run);
}

/** Properties whose values are secret, whatever they look like. */
const secretName = /secret|password|authorization|(?:session|access|refresh|security)_?token/i;

export interface RedactOptions {
  /** Twelve digits that stand alone or in an ARN become `ACCOUNT-1`, `ACCOUNT-2`. Default false. */
  readonly hidesAccounts?: boolean;
  /** The home folder, whose path names a person, becomes `~`. */
  readonly home?: string | undefined;
  /** Secrets that are known, which go wherever and however they stand; those of fewer than 6 characters are left. */
  readonly known?: readonly string[];
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
    Object.entries(value).map(([name, each]) => {
      const isSecret = typeof each === "string" && secretName.test(name);
      return [name, isSecret ? mask : redactValue(each, hide)];
    }),
  );
}

function redactText(
  text: string,
  { hidesAccounts = false, home, known = [] }: RedactOptions,
  accounts: Map<string, string>,
): string {
  let hidden = maskKnown(text, known, mask);
  for (const [pattern, instead] of secrets) hidden = hidden.replace(pattern, instead);
  if (home !== undefined && home.length > 1) hidden = hidden.replaceAll(home, "~");
  hidden = hidden.replace(longRun, (run, at: number, whole: string) => {
    const end = at + run.length;
    return isPath(run) || isPartOfWord(run, whole.slice(end, end + 2)) ? run : mask;
  });
  if (!hidesAccounts) return hidden;
  return hidden.replace(/(?<!\d)\d{12}(?!\d)/g, (account) => {
    const name = accounts.get(account) ?? `ACCOUNT-${accounts.size + 1}`;
    accounts.set(account, name);
    return name;
  });
}
