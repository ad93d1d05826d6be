/**
 * The DisplayName that S3 gives whoever began an upload: a user's name without its path, for a session
 * of a role both names. Source: API reference, ListParts.
 */
export function initiatorName(arn: string): string {
  const resource = arn.slice(arn.lastIndexOf(":") + 1);
  const [kind, ...names] = resource.split("/");
  return kind === "assumed-role" ? names.join("/") : (names.at(-1) ?? resource);
}
