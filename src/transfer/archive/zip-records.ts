// Sources: PKWARE, APPNOTE.TXT 6.3.10; Info-ZIP, extrafld.txt ("UT").

const most16 = 0xffff;
const most32 = 0xffffffff;
const namesAreUtf8 = 0x0800;
const sizesFollow = 0x0008;
const methods = { store: 0, deflate: 8 } as const;

/** A member of a ZIP archive, as its records say it. */
export interface ZipEntry {
  readonly name: Buffer;
  readonly isFolder: boolean;
  readonly modifiedSeconds: number;
  readonly method: keyof typeof methods;
  /** Sizes and sum stand behind the bytes, not before them. */
  readonly isStreamed: boolean;
  /** Of a streamed member: whether its sizes are said in 64 bits. */
  readonly isLarge: boolean;
}

export interface ZipSizes {
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

export function localHeader(entry: ZipEntry, sizes: ZipSizes | undefined): Buffer {
  const { name, isStreamed, isLarge } = entry;
  const wide = isStreamed && isLarge ? zip64Field([0, 0]) : Buffer.alloc(0);
  const extra = Buffer.concat([wide, timeField(entry.modifiedSeconds)]);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(versionOf(isLarge), 4);
  writeCommon(head, entry, 6);
  const unknown = isStreamed && isLarge ? most32 : 0;
  head.writeUInt32LE(sizes?.crc32 ?? 0, 14);
  head.writeUInt32LE(sizes?.packedBytes ?? unknown, 18);
  head.writeUInt32LE(sizes?.sizeBytes ?? unknown, 22);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, name, extra]);
}

/** Behind the bytes of a streamed member. */
export function dataDescriptor({ isLarge }: ZipEntry, sizes: ZipSizes): Buffer {
  const record = Buffer.alloc(isLarge ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(sizes.crc32, 4);
  if (isLarge) {
    record.writeBigUInt64LE(BigInt(sizes.packedBytes), 8);
    record.writeBigUInt64LE(BigInt(sizes.sizeBytes), 16);
  } else {
    record.writeUInt32LE(sizes.packedBytes, 8);
    record.writeUInt32LE(sizes.sizeBytes, 12);
  }
  return record;
}

/** `offset`: where its local header begins. */
export function centralHeader(entry: ZipEntry, sizes: ZipSizes, offset: number): Buffer {
  const { name, isFolder, isLarge } = entry;
  const wide = [sizes.sizeBytes, sizes.packedBytes, offset].filter((value) => value >= most32);
  const isWide = wide.length > 0;
  const extra = Buffer.concat([
    isWide ? zip64Field(wide) : Buffer.alloc(0),
    timeField(entry.modifiedSeconds),
  ]);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  // Made under Unix, whose modes stand in the attributes.
  head.writeUInt16LE((3 << 8) | 45, 4);
  head.writeUInt16LE(versionOf(isWide || isLarge), 6);
  writeCommon(head, entry, 8);
  head.writeUInt32LE(sizes.crc32, 16);
  head.writeUInt32LE(Math.min(sizes.packedBytes, most32), 20);
  head.writeUInt32LE(Math.min(sizes.sizeBytes, most32), 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  const attributes = isFolder ? ((0o040755 << 16) | 0x10) >>> 0 : (0o100644 << 16) >>> 0;
  head.writeUInt32LE(attributes, 38);
  head.writeUInt32LE(Math.min(offset, most32), 42);
  return Buffer.concat([head, name, extra]);
}

export interface CentralDirectory {
  readonly entries: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** The last records of an archive, in 64 bits where 16 or 32 do not do. */
export function endRecords({ entries, sizeBytes, offset }: CentralDirectory): Buffer {
  const isWide = entries >= most16 || sizeBytes >= most32 || offset >= most32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, most16), 8);
  end.writeUInt16LE(Math.min(entries, most16), 10);
  end.writeUInt32LE(Math.min(sizeBytes, most32), 12);
  end.writeUInt32LE(Math.min(offset, most32), 16);
  if (!isWide) return end;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(0x06064b50, 0);
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE((3 << 8) | 45, 12);
  wide.writeUInt16LE(45, 14);
  wide.writeBigUInt64LE(BigInt(entries), 24);
  wide.writeBigUInt64LE(BigInt(entries), 32);
  wide.writeBigUInt64LE(BigInt(sizeBytes), 40);
  wide.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + sizeBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([wide, locator, end]);
}

function versionOf(isWide: boolean): number {
  return isWide ? 45 : 20;
}

/** Flags, method, time and date, which both headers have in this order. */
function writeCommon(head: Buffer, entry: ZipEntry, at: number): void {
  head.writeUInt16LE(namesAreUtf8 | (entry.isStreamed ? sizesFollow : 0), at);
  head.writeUInt16LE(methods[entry.method], at + 2);
  const { time, date } = dosTime(entry.modifiedSeconds);
  head.writeUInt16LE(time, at + 4);
  head.writeUInt16LE(date, at + 6);
}

/** In UTC, so that the same objects make the same bytes everywhere; from 1980 to 2107. */
function dosTime(seconds: number): { readonly time: number; readonly date: number } {
  const at = new Date(seconds * 1000);
  const year = at.getUTCFullYear();
  if (!(year >= 1980)) return { time: 0, date: (1 << 5) | 1 };
  if (year > 2107) return { time: 0xbf7d, date: 0xff9f };
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}

/** The time of change to the second, whatever the reader's zone. */
function timeField(seconds: number): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x5455, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(Math.min(Math.max(Math.floor(seconds), -(2 ** 31)), 2 ** 31 - 1), 5);
  return field;
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => field.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  return field;
}
