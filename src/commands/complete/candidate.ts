/** A word that can stand at the cursor. */
export interface Candidate {
  value: string;
  /** One line. */
  describe?: string;
}
