/** A word that completes the word at the cursor. */
export interface Candidate {
  value: string;
  describe?: string;
}
