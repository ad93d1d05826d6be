import type { CommandDefinition } from "./command.ts";
import { applyCommand } from "./commands/apply.ts";
import { archiveCommand } from "./commands/archive.ts";
import { auditCommand } from "./commands/audit.ts";
import { catCommand } from "./commands/cat.ts";
import { completeCommand } from "./commands/complete.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { cpCommand } from "./commands/cp.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { driftCommand } from "./commands/drift.ts";
import { duCommand } from "./commands/du.ts";
import { existsCommand } from "./commands/exists.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { extractCommand } from "./commands/extract.ts";
import { fsckCommand } from "./commands/fsck.ts";
import { headCommand } from "./commands/head.ts";
import { loginCommand, logoutCommand } from "./commands/login.ts";
import { lsCommand } from "./commands/ls.ts";
import { manCommand } from "./commands/man.ts";
import { mbCommand } from "./commands/mb.ts";
import { mvCommand } from "./commands/mv.ts";
import { planCommand } from "./commands/plan.ts";
import { policyCommand } from "./commands/policy.ts";
import { presignCommand } from "./commands/presign.ts";
import { probeCommand } from "./commands/probe.ts";
import { rbCommand } from "./commands/rb.ts";
import { reEncryptCommand } from "./commands/re-encrypt.ts";
import { recoverCommand } from "./commands/recover.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rmCommand } from "./commands/rm.ts";
import { serverCommand } from "./commands/server.ts";
import { setupCommand } from "./commands/setup.ts";
import { startCommand } from "./commands/start.ts";
import { syncCommand } from "./commands/sync.ts";
import { teardownCommand } from "./commands/teardown.ts";
import { uploadsCommand } from "./commands/uploads.ts";
import { verifyCommand } from "./commands/verify.ts";
import { verifyTreeCommand } from "./commands/verify-tree.ts";
import { versionsCommand } from "./commands/versions.ts";
import { whoamiCommand } from "./commands/whoami.ts";

/** Every command, in the order of `--help`. */
export const commands: readonly CommandDefinition[] = [
  startCommand,
  setupCommand,
  planCommand,
  applyCommand,
  verifyCommand,
  driftCommand,
  teardownCommand,
  exportCommand,
  probeCommand,
  auditCommand,
  doctorCommand,
  explainCommand,
  policyCommand,
  loginCommand,
  logoutCommand,
  whoamiCommand,
  reEncryptCommand,
  lsCommand,
  cpCommand,
  mvCommand,
  syncCommand,
  archiveCommand,
  extractCommand,
  diffCommand,
  verifyTreeCommand,
  rmCommand,
  catCommand,
  headCommand,
  existsCommand,
  presignCommand,
  duCommand,
  versionsCommand,
  restoreCommand,
  uploadsCommand,
  recoverCommand,
  mbCommand,
  rbCommand,
  serverCommand,
  fsckCommand,
  configCommand,
  completionCommand,
  manCommand,
  completeCommand,
];
