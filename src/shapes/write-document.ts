import { Document, parseDocument } from "yaml";

/** A value as YAML for people; `head` stands above it as a comment. */
export function documentText(value: object, head: string): string {
  const document = new Document(value);
  document.commentBefore = ` ${head}`;
  return document.toString({ lineWidth: 0 });
}

/** A document with another value at a path; the rest stays as it is written, comments too. Of a sound text. */
export function changedDocument(text: string, path: readonly string[], value: unknown): string {
  const document = parseDocument(text);
  document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}
