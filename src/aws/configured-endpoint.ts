import { StorageError } from "../core/errors.ts";
import { readSharedFiles, type SharedFiles } from "./shared-profiles.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * AWS's own variables and profiles may send the SDK to another store, which our data plane would know
 * nothing of: half of the calls would go here, half there. So a foreign endpoint has to stand in the
 * settings. Throws ConfigurationError that names both places; call it when the settings have none.
 */
export async function refuseConfiguredEndpoint(
  environment: Environment,
  profile: string,
): Promise<void> {
  const found = await configuredEndpoint(environment, profile);
  if (found === undefined) return;
  throw new StorageError(
    "ConfigurationError",
    `${found.source} sends S3 to ${found.url}, but the settings name no endpoint.`,
    {
      remedy:
        `Set STORAGE_S3_ENDPOINT_URL=${found.url} to work there, or ` +
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true in the environment to work on AWS.",
    },
  );
}

interface ConfiguredEndpoint {
  readonly url: string;
  readonly source: string;
}

/** Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints", order of precedence. */
async function configuredEndpoint(
  environment: Environment,
  profile: string,
): Promise<ConfiguredEndpoint | undefined> {
  const ignored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];
  if (ignored === "true") return undefined;
  for (const source of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]) {
    const url = environment[source] ?? "";
    if (url !== "") return { url, source };
  }
  const files = await readSharedFiles(environment);
  const values = files.profiles.get(profile) ?? new Map<string, string>();
  if (ignored === undefined && values.get("ignore_configured_endpoint_urls") === "true") {
    return undefined;
  }
  const url = profileEndpoint(values, files);
  return url === "" ? undefined : { url, source: `Profile ${profile}` };
}

/** That of S3 before that of all services; empty when there is none. */
function profileEndpoint(values: ReadonlyMap<string, string>, { services }: SharedFiles): string {
  const own = services.get(values.get("services") ?? "")?.get("s3.endpoint_url");
  return own ?? values.get("endpoint_url") ?? "";
}
