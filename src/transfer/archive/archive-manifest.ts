import { archiveLimits } from "../../core/archive-limits.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { ArchiveMember } from "./archive-member.ts";
import type { LeftOutMember } from "./archive-options.ts";
import { KeptBytes } from "./kept-bytes.ts";

/** The lines of JSON that say what an archive holds; its last member. */
export class ArchiveManifest {
  readonly #name: string;
  readonly #lines = new KeptBytes();
  #modifiedSeconds = 0;

  constructor(name: string) {
    this.#name = name;
  }

  holds({ name, modifiedSeconds }: ArchiveMember, head: ObjectHead): void {
    const { key, sizeBytes, etag, lastModified, checksum } = head;
    this.#modifiedSeconds = Math.max(this.#modifiedSeconds, modifiedSeconds);
    this.#add({
      path: name,
      Key: key,
      Size: sizeBytes,
      ETag: etag,
      LastModified: lastModified.toISOString(),
      ...(checksum !== undefined && { checksum }),
    });
  }

  lacks({ Key, reason }: LeftOutMember): void {
    this.#add({ Key, leftOut: reason });
  }

  /** As old as the newest member, so that the same objects make the same bytes. */
  member(): ArchiveMember {
    const whole = Buffer.concat(this.#lines.pieces());
    const modifiedSeconds = this.#modifiedSeconds;
    return { name: this.#name, sizeBytes: whole.length, modifiedSeconds, contents: { whole } };
  }

  #add(line: Readonly<Record<string, unknown>>): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (this.#lines.sizeBytes + bytes.length > archiveLimits.manifestBytes) {
      throw new StorageError(
        "InvalidArgument",
        `streamArchive: the manifest has more than ${archiveLimits.manifestBytes} bytes.`,
        { operation: "streamArchive", remedy: "Archive narrower prefixes, or without a manifest." },
      );
    }
    this.#lines.add(bytes);
  }
}
