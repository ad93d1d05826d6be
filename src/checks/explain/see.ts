import { isStorageError } from "../../core/errors.ts";
import { takeReading } from "../../core/reading.ts";

/** What a read gave, or why it gave nothing. */
export type Seen<T> =
  | { readonly isSeen: true; readonly value: T }
  | { readonly isSeen: false; readonly what: string; readonly reason: string };

/** A refusal becomes a reason; what keeps it from asking (network, ended keys) comes through. */
export async function see<T>(what: string, read: () => Promise<T>): Promise<Seen<T>> {
  try {
    const reading = await takeReading(read);
    if (reading.state === "set") return { isSeen: true, value: reading.value as T };
    if (reading.state === "not-set") return { isSeen: true, value: undefined as T };
    const reason = reading.state === "no-bucket" ? "there is no such bucket" : reading.reason;
    return { isSeen: false, what, reason };
  } catch (error) {
    if (!isStorageError(error, "NotFound", "InvalidArgument")) throw error;
    return { isSeen: false, what, reason: error.message };
  }
}
