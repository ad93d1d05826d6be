import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import { probeStore } from "../../src/open/probe-store.ts";
import { getSettings } from "../../src/settings/get-settings.ts";
import { contradictions } from "../contract/dialect-contradictions.ts";
import type { ForeignBucket } from "./foreign-store-suite.ts";

/** A probe of somebody else's store: what it finds, and that it finds what the dialect says. */
export function probeSuite(
  open: () => Promise<ForeignBucket>,
  dialect: string,
  findings: Readonly<Record<string, string | number>>,
): void {
  it("is probed, as its dialect says, and left as it was", async () => {
    const { endpoint, bucket, region, credentials } = await open();
    const state = await mkdtemp(join(tmpdir(), "sms-probe-"));
    vi.stubEnv("XDG_STATE_HOME", state);
    try {
      const settings = getSettings({
        environment: {
          STORAGE_S3_ENDPOINT_URL: endpoint,
          STORAGE_S3_BUCKET: bucket,
          STORAGE_S3_REGION: region,
          STORAGE_S3_DIALECT: dialect,
        },
        envFile: false,
      });
      const { profile, cleanUp, file } = await probeStore(settings, { credentials });
      const found = Object.fromEntries(profile.facts.map(({ name, finding }) => [name, finding]));
      expect(found).toMatchObject(findings);
      expect(contradictions(profile)).toEqual([]);
      expect(cleanUp.left).toEqual([]);
      expect(file).toContain(state);
      const keys = () => Promise.resolve(credentials);
      const store = createS3Store({
        endpoint,
        bucket,
        region,
        credentials: keys,
        dialect: s3Dialect,
      });
      expect((await store.listObjects()).objects).toEqual([]);
      expect((await store.listMultipartUploads()).uploads).toEqual([]);
      await store.close();
    } finally {
      vi.unstubAllEnvs();
      await rm(state, { recursive: true });
    }
  });
}
