import zlib from "node:zlib";

/** What a journal's file holds, as far as it is whole. */
export interface JournalLines {
  readonly records: readonly unknown[];
  /** Up to here every line is whole; a process that was killed may have left half a line behind. */
  readonly wholeBytes: number;
}

const checksumDigits = 8;

/** One record as a line: the CRC32 of its JSON in eight hexadecimal digits, a blank, the JSON. */
export function journalLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** The records up to the first line that is torn or damaged; what follows it is not trusted. */
export function readJournalLines(contents: Buffer): JournalLines {
  const records: unknown[] = [];
  let wholeBytes = 0;
  for (;;) {
    const end = contents.indexOf(0x0a, wholeBytes);
    if (end === -1) break;
    const record = readJournalLine(contents.toString("utf8", wholeBytes, end));
    if (record === undefined) break;
    records.push(record);
    wholeBytes = end + 1;
  }
  return { records, wholeBytes };
}

/** The record of one line without its end; undefined: it is not whole. */
export function readJournalLine(line: string): unknown {
  const json = line.slice(checksumDigits + 1);
  if (line[checksumDigits] !== " " || line.slice(0, checksumDigits) !== checksum(json)) {
    return undefined;
  }
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function checksum(json: string): string {
  return zlib.crc32(json).toString(16).padStart(checksumDigits, "0");
}
