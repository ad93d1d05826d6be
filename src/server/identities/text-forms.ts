import type { TextForm } from "../../shapes/text-form.ts";

export const partitionForm: TextForm = {
  pattern: /^aws(?:-[a-z]+)*$/,
  meaning: "a partition such as aws or aws-us-gov",
};
export const nameForm: TextForm = {
  pattern: /^[\w+=,.@-]{1,64}$/,
  meaning: "1 to 64 of the characters A-Z a-z 0-9 _+=,.@-",
};
export const pathForm: TextForm = {
  pattern: /^\/(?:[!-~]{1,510}\/)?$/,
  meaning: "a path that starts and ends with a slash",
};
export const uniqueIdForm: TextForm = {
  pattern: /^[A-Z0-9]{16,128}$/,
  meaning: "16 to 128 capital letters and digits",
};
export const accessKeyIdForm: TextForm = {
  pattern: /^\w{3,128}$/,
  meaning: "3 to 128 letters, digits and underscores",
};
export const secretForm: TextForm = {
  pattern: /^[!-~]{8,128}$/,
  meaning: "8 to 128 printable ASCII characters, no spaces",
};
export const sessionTokenForm: TextForm = {
  pattern: /^[!-~]{1,4096}$/,
  meaning: "1 to 4,096 printable ASCII characters, no spaces",
};
/** Source: IAM User Guide, "Tags for AWS Identity and Access Management resources". */
export const tagKeyForm: TextForm = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
  meaning: "1 to 128 letters, digits, spaces and _.:/=+@-",
};
export const tagValueForm: TextForm = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
  meaning: "up to 256 letters, digits, spaces and _.:/=+@-",
};
