/**
 * The fields of one line of CSV, with or without quotes, `""` being a quote within them. Undefined: it
 * is no such line, or has more fields than `most`.
 */
export function readCsvRow(line: string, most: number): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < most) {
    const isQuoted = line[at] === '"';
    const end = isQuoted ? closingQuote(line, at + 1) : nextComma(line, at);
    if (end === undefined) return undefined;
    fields.push(isQuoted ? line.slice(at + 1, end).replaceAll('""', '"') : line.slice(at, end));
    at = isQuoted ? end + 1 : end;
    if (at === line.length) return fields;
    if (line[at] !== ",") return undefined;
    at += 1;
  }
  return undefined;
}

function nextComma(line: string, from: number): number {
  const comma = line.indexOf(",", from);
  return comma === -1 ? line.length : comma;
}

function closingQuote(line: string, from: number): number | undefined {
  for (let at = line.indexOf('"', from); at !== -1; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  return undefined;
}
