/** A member as the bytes of a tar archive have it: ustar headers and PAX paths alone. */
export interface TarMember {
  readonly name: string;
  readonly bytes: Buffer;
  readonly type: string;
  readonly modifiedSeconds: number;
}

/** The members of a whole archive; throws where its end marker is missing. */
export function readTar(archive: Buffer): TarMember[] {
  const members: TarMember[] = [];
  let path: string | undefined;
  for (let at = 0; ;) {
    if (at + 1024 > archive.length) throw new Error("the archive has no end");
    const block = archive.subarray(at, at + 512);
    if (block.every((byte) => byte === 0)) return members;
    const octal = (from: number, length: number): number =>
      Number.parseInt(block.toString("latin1", from, from + length), 8);
    const sizeBytes = octal(124, 11);
    const bytes = archive.subarray(at + 512, at + 512 + sizeBytes);
    const type = String.fromCharCode(block[156] ?? 0);
    const name = block.toString("utf8", 0, 100).replace(/\0.*$/, "");
    if (type === "x") path = /^\d+ path=(.*)\n$/s.exec(bytes.toString())?.[1];
    else {
      members.push({ name: path ?? name, bytes, type, modifiedSeconds: octal(136, 11) });
      path = undefined;
    }
    at += 512 + Math.ceil(sizeBytes / 512) * 512;
  }
}
