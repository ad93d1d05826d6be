/** How long the keys in use last. */
export interface KeyTerm {
  /** Of the keys themselves. Undefined: they have no end, or none that is told. */
  readonly expiration: Date | undefined;
  /** Whether fresh ones come of themselves when these end. */
  readonly isRenewed: boolean;
  /** When no fresh ones come any more. Undefined: not known. */
  readonly signInEnds: Date | undefined;
}

/** Hears of keys whenever others are taken into use; must not throw. */
export type KeyTermListener = (term: KeyTerm) => void;
