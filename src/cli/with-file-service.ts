import type { FileService } from "../files/file-service.ts";
import type { CommandContext } from "./context.ts";

/** Opens the files of a bucket for one piece of work, and closes them whatever happens. */
export async function withFileService<T>(
  context: CommandContext,
  bucket: string,
  work: (service: FileService) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const { openStorage } = await import("../open/open-storage.ts");
  const service = await openStorage(settings, { bucket });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}
