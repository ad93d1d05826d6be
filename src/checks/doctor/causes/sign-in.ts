import type { CauseRow } from "../cause-row.ts";

/** Where keys come from. */
export const signInCauses: readonly CauseRow[] = [
  {
    id: "D42",
    layer: "credentials",
    title: "There are no credentials",
    symptom: "`Could not load credentials from any providers`.",
    cause:
      "Neither keys nor a profile, a session of SSO or a machine's role was found; AWS_PROFILE may be unset.",
    affects: "Nothing can be signed.",
    signs: [
      {
        sure: "likely",
        says: /Could not load credentials from any providers|No AWS credentials were found|Unable to locate credentials/,
      },
      {
        sure: "likely",
        says: /NoCredentialProviders|failed to refresh cached credentials|Unable to load (?:AWS )?credentials/,
      },
      { sure: "likely", says: /could not determine how to establish security credentials/i },
      { sure: "likely", codes: ["NoCredentials"] },
    ],
    remedy: {
      text:
        "Set SSO up and sign in, then name the profile; for a store other than AWS set " +
        "STORAGE_S3_ACCESS_KEY_ID and STORAGE_S3_SECRET_ACCESS_KEY. s3fs-fuse takes keys from " +
        "~/.passwd-s3fs (mode 600) or, with -o profile=NAME, from AWS's files.",
      commands: [
        "aws configure sso",
        "sms-storage login --profile {profile}",
        "export AWS_PROFILE={profile}",
      ],
      by: "you",
    },
    source: "AWS SDK for JavaScript, credential-provider-node.",
  },
  {
    id: "D44",
    layer: "credentials",
    title: "AWS ended the SSO session before its time",
    symptom: "`UnauthorizedException` (401) `Session token not found or invalid`.",
    cause:
      "The portal knows the token no more, although the cache's expiresAt is later: it was revoked, or " +
      "the identity provider ended the session.",
    affects: "No keys can be had from SSO.",
    signs: [
      { sure: "certain", says: /Session token not found or invalid/ },
      { sure: "certain", codes: ["UnauthorizedException"] },
    ],
    remedy: {
      text: "Sign out and in again, so that the cache is made anew.",
      commands: ["sms-storage logout --profile {profile}", "sms-storage login --profile {profile}"],
      by: "you",
    },
    source: "IAM Identity Center portal, GetRoleCredentials; aws/aws-cli#7340.",
  },
  {
    id: "D43",
    layer: "credentials",
    title: "The SSO session has ended, or there was no sign-in",
    symptom: "`The SSO session associated with this profile has expired` or `Token is expired`.",
    cause: "The token in the SSO cache is over, is missing, or is another session's.",
    affects: "No keys can be had from SSO.",
    signs: [
      {
        sure: "certain",
        says: /SSO session (?:associated|token|of profile).*(?:expired|invalid|not found|ended)|Token is expired|no sign-in yet/is,
      },
      {
        sure: "certain",
        says: /Token has expired and refresh failed|Error loading SSO Token|SSO token (?:failed|expired)/,
      },
      { sure: "likely", codes: ["TokenProviderError"] },
    ],
    remedy: {
      text:
        "Sign in anew with the profile that is meant (its sso_session may be called otherwise: " +
        "aws configure list-profiles).",
      commands: ["sms-storage login --profile {profile}"],
      by: "you",
    },
    source: "AWS SDK for JavaScript, credential-provider-sso and token-providers.",
  },
  {
    id: "D45",
    layer: "credentials",
    title: "SSO gives no access to that account and role",
    symptom: "`ForbiddenException` (403) `No access` of GetRoleCredentials.",
    cause:
      "The permission set is not assigned to you in that account, or sso_role_name or sso_account_id of " +
      "the profile is misspelled.",
    affects: "No keys can be had from SSO.",
    signs: [
      { sure: "certain", codes: ["ForbiddenException"] },
      { sure: "certain", says: /\bNo access\b|no access to its account and role/ },
    ],
    remedy: {
      text:
        "See which accounts and roles you have, and correct the profile; else an administrator assigns " +
        "the permission set.",
      commands: [
        "sms-storage login --profile {profile}",
        "aws configure set sso_role_name ROLE --profile {profile}",
      ],
      by: "you",
    },
    source: "IAM Identity Center portal, GetRoleCredentials; aws/aws-cli#6316.",
  },
  {
    id: "D46",
    layer: "credentials",
    title: "The profile is not there, or not whole",
    symptom:
      "`Profile X was not found`, `Sso session 'S' could not be found`, `Could not resolve credentials using profile`.",
    cause:
      "AWS_PROFILE or --profile names a profile that AWS's files do not have, or one that lacks a part. " +
      "A profile beats keys in the environment.",
    affects: "No keys can be had.",
    signs: [
      {
        sure: "certain",
        says: /[Pp]rofile \S+ was not found|config profile \(.*\) could not be found/,
      },
      {
        sure: "certain",
        says: /Sso session '.*' could not be found|SSO part of profile .* is incomplete/,
      },
      {
        sure: "likely",
        says: /Could not resolve credentials using profile|yields no credentials|role of profile .* could not be taken on/,
      },
      { sure: "likely", codes: ["ProfileBeatsKeys"] },
    ],
    remedy: {
      text:
        "See which profiles there are and which setting names one; correct AWS_PROFILE, or make the " +
        "profile.",
      commands: [
        "aws configure list-profiles",
        "sms-storage config explain",
        "aws configure sso --profile {profile}",
      ],
      by: "you",
    },
    source: "AWS SDKs and Tools Reference Guide, shared files and precedence.",
  },
];
