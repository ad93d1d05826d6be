import { deleteKeys } from "../transfer/objects/delete-keys.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { DeleteManyResult } from "./result-types.ts";
import type { DeleteManyOptions } from "./prefix-types.ts";

export async function deleteMany(
  { store }: TransferContext,
  keys: readonly string[],
  options: DeleteManyOptions = {},
): Promise<DeleteManyResult> {
  const failures = await deleteKeys(store, keys, options);
  return {
    deleted: keys.filter((key) => !failures.has(key)),
    errors: keys.flatMap((key) => {
      const failure = failures.get(key);
      return failure === undefined ? [] : [{ Key: key, ...failure }];
    }),
  };
}
