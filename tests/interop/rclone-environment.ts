import { join } from "node:path";
import { clientEnvironment } from "./foreign-clients.ts";
import type { OwnServer } from "./own-server.ts";

/** rclone's remote `own:` is the server, set up by nothing but the environment. */
export function rcloneEnvironment(server: OwnServer, provider = "Other"): Record<string, string> {
  const { PATH = "", HOME = "" } = clientEnvironment(server);
  const { accessKeyId, secretAccessKey } = server.identities.admin;
  return {
    PATH,
    HOME,
    // It is not there, which is as good as empty.
    RCLONE_CONFIG: join(server.scratch, "rclone.conf"),
    RCLONE_CONFIG_OWN_TYPE: "s3",
    RCLONE_CONFIG_OWN_PROVIDER: provider,
    RCLONE_CONFIG_OWN_ENDPOINT: server.endpoint,
    RCLONE_CONFIG_OWN_REGION: server.region,
    RCLONE_CONFIG_OWN_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY: secretAccessKey,
    RCLONE_CONFIG_OWN_FORCE_PATH_STYLE: "true",
  };
}
