import type { FileService } from "sms-api-storage";

/** What is known of all runs of an experiment. */
export interface Summary {
  readonly runs: number;
  readonly meanGrowthRate: number;
}

/** Reads the runs of an experiment, and writes their summary beside them. */
export async function summarize(files: FileService, experiment: string): Promise<Summary> {
  const rates: number[] = [];
  for (const { Key } of await files.getListing(`${experiment}/runs/`)) {
    const contents = await files.getFileContents(Key);
    // Deleted since the listing.
    if (contents === null) continue;
    const run = JSON.parse(Buffer.from(contents).toString()) as { growthRate: number };
    rates.push(run.growthRate);
  }
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const summary = { runs: rates.length, meanGrowthRate: total / rates.length };
  await files.uploadBytes(JSON.stringify(summary), `${experiment}/summary.json`);
  return summary;
}
