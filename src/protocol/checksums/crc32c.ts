/**
 * CRC-32C (Castagnoli), eight bytes a step through eight tables. Node has no built-in one.
 * Source of the polynomial: RFC 3720, 12.1; 0x82F63B78 is its bit-reversed form.
 */
const polynomial = 0x82_f6_3b_78;

let tables: Int32Array | undefined;

/** Goes on from `state`, the plain CRC so far; 0 to begin. */
export function crc32c(bytes: Uint8Array, state = 0): number {
  const t = (tables ??= buildTables());
  const { length } = bytes;
  let crc = ~state;
  let index = 0;
  for (const end = length - 7; index < end; index += 8) {
    crc ^= int32At(bytes, index);
    const next = int32At(bytes, index + 4);
    crc =
      at(t, 1792 + (crc & 255)) ^
      at(t, 1536 + ((crc >>> 8) & 255)) ^
      at(t, 1280 + ((crc >>> 16) & 255)) ^
      at(t, 1024 + (crc >>> 24)) ^
      at(t, 768 + (next & 255)) ^
      at(t, 512 + ((next >>> 8) & 255)) ^
      at(t, 256 + ((next >>> 16) & 255)) ^
      at(t, next >>> 24);
  }
  for (; index < length; index += 1) {
    crc = (crc >>> 8) ^ at(t, (crc ^ (bytes[index] as number)) & 255);
  }
  return ~crc >>> 0;
}

/** Table k, at 256 * k, moves a byte past k further ones. */
function buildTables(): Int32Array {
  const built = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    built[byte] = crc;
  }
  for (let entry = 256; entry < built.length; entry += 1) {
    const before = at(built, entry - 256);
    built[entry] = (before >>> 8) ^ at(built, before & 255);
  }
  return built;
}

/** Reads inside bounds that the loops keep. */
function at(table: Int32Array, index: number): number {
  return table[index] as number;
}

function int32At(bytes: Uint8Array, index: number): number {
  return (
    (bytes[index] as number) |
    ((bytes[index + 1] as number) << 8) |
    ((bytes[index + 2] as number) << 16) |
    ((bytes[index + 3] as number) << 24)
  );
}
