import { serveSetting } from "./serve-setting.ts";

/**
 * Stored and shown; ACLs, which two of its kinds would bring back, are not kept here. Without it S3's
 * old rule, object writer, applies.
 */
export const ownership = serveSetting("ownership");
