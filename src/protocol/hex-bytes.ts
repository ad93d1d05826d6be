/** `41 57 53`, as AWS prints the bytes of `text`, which is a latin1 view of them. */
export function hexBytes(text: string): string {
  return Buffer.from(text, "latin1")
    .toString("hex")
    .replace(/(..)(?!$)/g, "$1 ");
}
