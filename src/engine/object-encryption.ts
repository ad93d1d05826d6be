/** How an object is encrypted, as it is kept and told. */
export interface ObjectEncryption {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly kmsKeyId?: string;
  readonly bucketKeyEnabled?: boolean;
  /** The object is under a key of its customer's, of which this is the MD5 in base64. */
  readonly customerKeyMd5?: string;
  /** What the writer bound the data key to beside the object: JSON of names and values, in base64. */
  readonly context?: string;
  /** Of the object, encrypted by KMS; base64. The engine only keeps it. */
  readonly dataKey?: string;
}
