interface MemberFacts {
  /** Default `0`, a file. */
  readonly type?: string;
  /** What the header says; default: what the bytes have. */
  readonly sizeBytes?: number;
  readonly modifiedSeconds?: number;
  /** In place of the right one. */
  readonly sum?: number;
}

/** The two blocks at the end of a tar archive. */
export const endOfTar = Buffer.alloc(1024);

/** A member of a tar archive as any tool may write it, good or bad. */
export function tarMember(
  name: string | Buffer,
  contents: string | Buffer,
  facts: MemberFacts = {},
): Buffer {
  const bytes = Buffer.from(contents);
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number): void => {
    block.write(`${value.toString(8).padStart(11, "0")} `, at, "latin1");
  };
  block.set(Buffer.from(name).subarray(0, 100));
  block.write("0000644\0", 100, "latin1");
  octal(facts.sizeBytes ?? bytes.length, 124);
  octal(facts.modifiedSeconds ?? 0, 136);
  block.write("        ", 148, "latin1");
  block.write(facts.type ?? "0", 156, "latin1");
  block.write("ustar  \0", 257, "latin1");
  const sum = facts.sum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
