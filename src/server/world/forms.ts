import type { TextForm } from "../../shapes/text-form.ts";

/** The forms of names and ids that only a world has. */

export const groupNameForm: TextForm = {
  pattern: /^[\w+=,.@-]{1,128}$/,
  meaning: "1 to 128 of the characters A-Z a-z 0-9 _+=,.@-",
};

/** A managed policy of the same account by name, or any by its ARN. */
export const policyReferenceForm: TextForm = {
  pattern: /^(?:[\w+=,.@-]{1,128}|arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/[!-~]{1,600})$/,
  meaning: "the name of a policy of this account, or an ARN such as arn:aws:iam::aws:policy/X",
};

export const accountAliasForm: TextForm = {
  pattern: /^[a-z0-9](?:-?[a-z0-9]){2,62}$/,
  meaning: "3 to 63 of a-z, 0-9 and single hyphens, none at the ends",
};

export const descriptionForm: TextForm = {
  pattern: /^[\s\u0020-\u007E\u00A1-\u00FF]{0,1000}$/,
  meaning: "up to 1,000 characters of Latin-1",
};

export const organizationIdForm: TextForm = {
  pattern: /^o-[a-z0-9]{10,32}$/,
  meaning: "o- and 10 to 32 of a-z and 0-9",
};

export const unitNameForm: TextForm = {
  pattern: /^[\w .-]{1,128}$/,
  meaning: "1 to 128 letters, digits, spaces and _.-",
};

export const keyIdForm: TextForm = {
  pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  meaning: "a UUID such as 1234abcd-12ab-34cd-56ef-1234567890ab",
};

export const keyAliasForm: TextForm = {
  pattern: /^(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/,
  meaning: "1 to 250 of the characters A-Z a-z 0-9 /_-, and not aws/...",
};

export const principalArnForm: TextForm = {
  pattern: /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role)\/[!-~]{1,600})$/,
  meaning: "the ARN of a user, a role, a session or an account's root",
};

export const bucketNameForm: TextForm = {
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  meaning: "3 to 63 of a-z 0-9 . and -, letters or digits at the ends",
};

export const vpcIdForm: TextForm = {
  pattern: /^vpc-[0-9a-f]{8,17}$/,
  meaning: "vpc- and 8 to 17 of 0-9 and a-f",
};

export const endpointIdForm: TextForm = {
  pattern: /^vpce-[0-9a-f]{8,17}$/,
  meaning: "vpce- and 8 to 17 of 0-9 and a-f",
};

export const hostForm: TextForm = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/,
  meaning: "a host name in small letters, with or without a port",
};

export const issuerForm: TextForm = {
  pattern: /^https?:\/\/[!-~]{1,240}$/,
  meaning: "a URL that starts with https:// or http://",
};

export const fileForm: TextForm = {
  pattern: /^[^\0]{1,4096}$/,
  meaning: "a path of a file, relative to the world file",
};

export const clientIdForm: TextForm = {
  pattern: /^[!-~]{1,255}$/,
  meaning: "1 to 255 printable ASCII characters, no spaces",
};

export const permissionSetForm: TextForm = {
  pattern: /^[\w+=,.@-]{1,32}$/,
  meaning: "1 to 32 of the characters A-Z a-z 0-9 _+=,.@-",
};

export const emailForm: TextForm = {
  pattern: /^[^\s@]{1,64}@[^\s@]{1,190}$/,
  meaning: "an e-mail address",
};

export const contextNameForm: TextForm = {
  pattern: /^[!-~ ]{1,256}$/,
  meaning: "1 to 256 printable ASCII characters",
};

/** Source: CloudTrail User Guide, "Naming requirements for CloudTrail resources". */
export const trailNameForm: TextForm = {
  pattern: /^(?!\d+(?:\.\d+){3}$)(?=.{3,128}$)[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/,
  meaning: "3 to 128 letters and digits, single ._- between them, and no IP address",
};

export const trailPrefixForm: TextForm = {
  pattern: /^[^\0/](?:[^\0]{0,198}[^\0/])?$/,
  meaning: "1 to 200 characters without a slash at the ends",
};

export const selectorTextForm: TextForm = {
  pattern: /^[^\0]{1,2048}$/,
  meaning: "1 to 2,048 characters",
};

export const personalityForm: TextForm = {
  pattern: /^(?:aws|qumulo(?:@[0-9a-z.]{1,32})?)$/,
  meaning: "aws, qumulo, or a version of it as qumulo@7.1.2",
};

export const overwriteRefusalForm: TextForm = {
  pattern: /^[A-Za-z][A-Za-z0-9.]{0,63}(?::[45]\d\d)?$/,
  meaning: "CODE or CODE:STATUS with a status from 400 to 599, as AccessDenied:403",
};
