/** A text of a certain form. */
export interface TextForm {
  readonly pattern: RegExp;
  /** Follows "a text of". */
  readonly meaning: string;
}

export const accountIdForm: TextForm = { pattern: /^\d{12}$/, meaning: "twelve digits" };

export const regionForm: TextForm = {
  pattern: /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/,
  meaning: "a region such as us-east-1",
};
