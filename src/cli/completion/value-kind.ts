import type { Argument, Option } from "commander";

/** What can stand in the place of a value. */
export type ValueKind =
  /** `s3://BUCKET/KEY`, or a key of the configured bucket. */
  | { readonly kind: "remote" }
  /** That, or a local file. */
  | { readonly kind: "anywhere" }
  /** `s3://BUCKET`. */
  | { readonly kind: "bucket-place" }
  | { readonly kind: "bucket" }
  | { readonly kind: "profile" }
  | { readonly kind: "file" }
  | { readonly kind: "command" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Nobody knows. */
  | { readonly kind: "unknown" };

/** By the names of arguments in the commands' definitions. */
const byArgument: Readonly<Record<string, ValueKind>> = {
  place: { kind: "remote" },
  object: { kind: "remote" },
  source: { kind: "anywhere" },
  sources: { kind: "anywhere" },
  target: { kind: "anywhere" },
  left: { kind: "anywhere" },
  right: { kind: "anywhere" },
  folder: { kind: "file" },
  file: { kind: "file" },
  plan: { kind: "file" },
  bucket: { kind: "bucket-place" },
  command: { kind: "command" },
};

const byOption: Readonly<Record<string, ValueKind>> = {
  "--bucket": { kind: "bucket" },
  "--confirm": { kind: "bucket" },
  "--profile": { kind: "profile" },
  "--backend": { kind: "words", words: ["s3", "qumulo"] },
  "--method": { kind: "words", words: ["GET", "PUT", "HEAD", "DELETE"] },
};

export function kindOfArgument(argument: Argument): ValueKind {
  const choices = argument.argChoices;
  if (choices !== undefined) return { kind: "words", words: choices };
  return byArgument[argument.name()] ?? { kind: "unknown" };
}

export function kindOfOption(option: Option): ValueKind {
  if (option.argChoices !== undefined) return { kind: "words", words: option.argChoices };
  const named = byOption[option.long ?? ""];
  if (named !== undefined) return named;
  return /<(?:file|path|folder|dir|directory)>/.test(option.flags)
    ? { kind: "file" }
    : { kind: "unknown" };
}
