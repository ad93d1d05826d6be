import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { partitionOfRegion } from "../core/partition.ts";
import { unknownProfile } from "./credential-error.ts";
import { readSharedFiles, type SharedFiles } from "./shared-profiles.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A portal of IAM Identity Center, as AWS's config file describes it. */
export interface SsoPortal {
  readonly startUrl: string;
  readonly region: string;
  readonly scopes: readonly string[];
  /** Of its `sso-session` section; undefined: the profile is of the older form, without one. */
  readonly sessionName: string | undefined;
  /** Where sign-ins are made, and where they are ended. */
  readonly oidcUrl: string;
  readonly portalUrl: string;
  /** Where AWS's tools look for the token. */
  readonly cacheFile: string;
}

export interface PortalWish {
  /** Default: `AWS_PROFILE`, else the profile `default`. */
  readonly profile?: string;
  /** Name of a section `sso-session`, in place of the profile's. */
  readonly ssoSession?: string;
}

/**
 * Finds the portal. Throws ConfigurationError with what to write where.
 * Sources: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider" and
 * "Service-specific endpoints"; the names of cached tokens as the AWS CLI and the SDKs make them.
 */
export async function findSsoPortal(
  environment: Environment,
  wish: PortalWish,
): Promise<SsoPortal> {
  const files = await readSharedFiles(environment);
  const { values, sessionName, profile } = chosen(environment, wish, files);
  const section = sessionName === undefined ? values : files.ssoSessions.get(sessionName);
  if (section === undefined) throw unknownSession(sessionName ?? "", files);
  const startUrl = section.get("sso_start_url") ?? "";
  const region = section.get("sso_region") ?? "";
  if (startUrl === "" || region === "") throw noPortal(profile, sessionName);
  const { dnsSuffix } = partitionOfRegion(region);
  const endpoint = (service: string, host: string): string =>
    configured(environment, values, files, service) ?? `https://${host}.${region}.${dnsSuffix}`;
  return {
    startUrl,
    region,
    sessionName,
    scopes: scopesOf(section.get("sso_registration_scopes")),
    oidcUrl: endpoint("sso_oidc", "oidc"),
    portalUrl: endpoint("sso", "portal.sso"),
    cacheFile: cacheFileOf(sessionName ?? startUrl),
  };
}

/** The profile, and the section of a portal that it or the wish names. */
function chosen(environment: Environment, wish: PortalWish, files: SharedFiles) {
  const asked = wish.profile ?? nonEmpty(environment["AWS_PROFILE"]);
  const profile = asked ?? "default";
  const own = files.profiles.get(profile);
  if (asked !== undefined && own === undefined) {
    throw unknownProfile(profile, new Set(files.profiles.keys()));
  }
  const values: ReadonlyMap<string, string> = own ?? new Map();
  const only = onlySession(files, asked !== undefined);
  return { profile, values, sessionName: wish.ssoSession ?? values.get("sso_session") ?? only };
}

/** Where nobody names one and there is no other. */
function onlySession({ ssoSessions }: SharedFiles, isAsked: boolean): string | undefined {
  const [only, ...others] = ssoSessions.keys();
  return isAsked || others.length > 0 ? undefined : only;
}

function cacheFileOf(name: string): string {
  const digest = createHash("sha1").update(name).digest("hex");
  return join(homedir(), ".aws", "sso", "cache", `${digest}.json`);
}

/** Of sections alone: the older form registers without. */
function scopesOf(text: string | undefined): readonly string[] {
  return (text ?? "sso:account:access").split(",").flatMap((scope) => scope.trim() || []);
}

/** An endpoint that variables or the profile name, as the SDKs look for it. */
function configured(
  environment: Environment,
  profile: ReadonlyMap<string, string>,
  { services }: SharedFiles,
  service: string,
): string | undefined {
  const ignored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];
  if (ignored === "true") return undefined;
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  const named = nonEmpty(environment[variable]) ?? nonEmpty(environment["AWS_ENDPOINT_URL"]);
  if (named !== undefined) return named;
  if (ignored === undefined && profile.get("ignore_configured_endpoint_urls") === "true") {
    return undefined;
  }
  const own = services.get(profile.get("services") ?? "")?.get(`${service}.endpoint_url`);
  return nonEmpty(own) ?? nonEmpty(profile.get("endpoint_url"));
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function unknownSession(name: string, { ssoSessions }: SharedFiles): StorageError {
  const names = [...ssoSessions.keys()].sort().join(", ");
  const list = names === "" ? "There are none yet." : `There are: ${names}.`;
  return new StorageError(
    "ConfigurationError",
    `AWS's config has no sso-session ${name}. ${list}`,
    {
      remedy:
        "Correct --sso-session or the profile's sso_session, or make one: `aws configure sso`.",
    },
  );
}

function noPortal(profile: string, sessionName: string | undefined): StorageError {
  const where = sessionName === undefined ? `profile ${profile}` : `sso-session ${sessionName}`;
  return new StorageError("ConfigurationError", `The ${where} names no portal to sign in at.`, {
    remedy:
      "It needs sso_start_url and sso_region, which the organisation's administrators know: " +
      `\`aws configure sso${sessionName === undefined ? ` --profile ${profile}` : ""}\`.`,
  });
}
