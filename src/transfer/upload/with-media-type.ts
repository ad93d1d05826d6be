import { contentTypeOf } from "../local/content-type.ts";

/** What tells the media type of an upload that names none, the best first. */
export interface MediaTypeSources {
  /** Of a Blob. */
  readonly ownType?: string | undefined;
  readonly fileName?: string;
  readonly key: string;
}

/** The options with a media type, where anything tells one: one rule for library and commands. */
export async function withMediaType<Options extends { readonly contentType?: string }>(
  options: Options,
  { ownType = "", fileName, key }: MediaTypeSources,
): Promise<Options> {
  if (options.contentType !== undefined) return options;
  const byFile = fileName === undefined ? undefined : await contentTypeOf(fileName);
  const contentType = ownType === "" ? (byFile ?? (await contentTypeOf(key))) : ownType;
  return contentType === undefined ? options : { ...options, contentType };
}
