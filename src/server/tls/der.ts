/** The few forms of ASN.1 in DER that a certificate is made of. Source: ITU-T X.690. */

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

/** Not negative; big-endian. */
export function integer(bytes: Uint8Array): Buffer {
  const needsZero = bytes.length === 0 || (bytes[0] ?? 0) >= 0x80;
  return der(0x02, needsZero ? Buffer.of(0) : Buffer.alloc(0), bytes);
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.of(value ? 0xff : 0));
}

export function octets(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

/** `unusedBits`: of the last byte. */
export function bits(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.of(unusedBits), bytes);
}

export function text(value: string): Buffer {
  return der(0x0c, Buffer.from(value, "utf8"));
}

/** Until 2049, with seconds. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\..*/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`, "latin1"));
}

/** `2.5.4.3`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...others].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

/** `[number]`, constructed. */
export function tagged(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return der(0xa0 | number, ...parts);
}

/** `[number] IMPLICIT`, primitive. */
export function implicit(number: number, bytes: Uint8Array): Buffer {
  return der(0x80 | number, bytes);
}
