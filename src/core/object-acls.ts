/** Who may do what with an object by its ACL. */
export interface ObjectAcl {
  readonly ownerId: string;
  readonly grants: readonly ObjectGrant[];
}

interface ObjectGrant {
  /** URI of a group, or the canonical id of an account. */
  readonly grantee: string;
  /** `FULL_CONTROL`, `READ`, `READ_ACP`, `WRITE_ACP`. */
  readonly permission: string;
}

/** Reads ACLs of the objects of one bucket. Throws StorageError only. */
export interface ObjectAcls {
  read(key: string): Promise<ObjectAcl>;
  close(): void;
}
