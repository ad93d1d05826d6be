/** `2026-11-24T10:00:00.000Z`: S3's documents know whole seconds, unlike what is stored. */
export function formatListDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}.000Z`;
}

/** Any ISO 8601 date; other stores write parts of a second and offsets. Otherwise an invalid date. */
export function parseListDate(text: string): Date {
  return new Date(text);
}
