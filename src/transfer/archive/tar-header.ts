/** Sizes and times in octal, and names, are cut off at these; more stands in a record of its own. */
const nameBytes = 100;
const mostOctal = 8 ** 11 - 1;

/** What a header says of a file or folder. */
export interface TarFacts {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
}

export const tarBlockBytes = 512;

/**
 * The blocks before a member's bytes: a ustar header, and before it a PAX record of what does not fit
 * into one, such as a name of more than 100 bytes or beyond ASCII. Nobody's name, and one mode for all
 * files, so that the same objects make the same bytes. Source: POSIX, pax.
 */
export function tarHeader(facts: TarFacts): Buffer {
  const { name, sizeBytes } = facts;
  const isFolder = name.endsWith("/");
  const records: string[] = [];
  if (!isPlain(name)) records.push(paxRecord("path", name));
  if (sizeBytes > mostOctal) records.push(paxRecord("size", String(sizeBytes)));
  const block = headerBlock(facts, isFolder ? "5" : "0");
  if (records.length === 0) return block;
  const text = Buffer.from(records.join(""));
  const extra = { ...facts, name: "PaxHeaders/member", sizeBytes: text.length };
  return Buffer.concat([headerBlock(extra, "x"), text, tarPadding(text.length), block]);
}

/** The zeros that follow so many bytes, up to a whole block. */
export function tarPadding(sizeBytes: number): Uint8Array {
  return zeros.subarray(0, (tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes);
}

const zeros = Buffer.alloc(tarBlockBytes);

function isPlain(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- ASCII is what is looked for
  return name.length <= nameBytes && /^[\x20-\x7e]*$/.test(name);
}

/** Its length counts itself. */
function paxRecord(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes;
  while (restBytes + String(length).length !== length) length = restBytes + String(length).length;
  return `${length}${rest}`;
}

function headerBlock(facts: TarFacts, type: "0" | "5" | "x"): Buffer {
  const block = Buffer.alloc(tarBlockBytes);
  // Readers that know no PAX get the beginning of the name.
  const name = Buffer.from(facts.name).subarray(0, nameBytes);
  block.set(name, 0);
  block.write(type === "5" ? "0000755\0" : "0000644\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  writeOctal(block, Math.min(facts.sizeBytes, mostOctal), 124);
  writeOctal(block, Math.min(Math.max(facts.modifiedSeconds, 0), mostOctal), 136);
  block.write("        ", 148, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  block.write("0000000\0", 329, "latin1");
  block.write("0000000\0", 337, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function writeOctal(block: Buffer, value: number, at: number): void {
  block.write(`${Math.floor(value).toString(8).padStart(11, "0")}\0`, at, "latin1");
}
