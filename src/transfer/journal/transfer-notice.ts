/** What is told of a transfer beside its bytes: what became of an earlier run's work. */
export type TransferNotice =
  /** `doneBytes` need not go over the wire again. */
  | { readonly kind: "resumed"; readonly doneBytes: number; readonly totalBytes: number }
  /** Something was left of an earlier run and is not used; the reason is a sentence. */
  | { readonly kind: "begun-anew"; readonly reason: string };
