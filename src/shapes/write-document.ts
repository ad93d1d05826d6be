import { Document } from "yaml";

/** A value as YAML for people; `head` stands above it as a comment. */
export function documentText(value: object, head: string): string {
  const document = new Document(value);
  document.commentBefore = ` ${head}`;
  return document.toString({ lineWidth: 0 });
}
